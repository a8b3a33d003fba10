import { encodeEnvelope } from '@boomerang/protocol';
import type { CallbackVerdict } from '../callback.js';
import { httpStatusOf } from '../check-verdict.js';
import { toCallbackResponse } from '../to-callback-response.js';

/** Over HTTP a callback may also be answered with a bare status. */
export type HttpVerdict = CallbackVerdict | { readonly httpStatus: number };

/** An answer that is not written yet. */
export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
}

const OK = envelope('OK');

/** @throws BoomerangClientError `INVALID_REQUEST` for what is no verdict. */
export function toHttpAnswer(verdict: HttpVerdict): HttpAnswer {
  const status = httpStatusOf(verdict);
  if (status !== undefined) return bareAnswer(status);
  return verdict === undefined || verdict === 'OK' ? OK : envelope(verdict as CallbackVerdict);
}

export function bareAnswer(status: number, reason = ''): HttpAnswer {
  return { status, contentType: 'text/plain; charset=utf-8', body: Buffer.from(reason) };
}

function envelope(verdict: CallbackVerdict): HttpAnswer {
  const body = encodeEnvelope({ callbackResponse: toCallbackResponse(verdict) });
  return { status: 200, contentType: 'application/x-protobuf', body };
}
