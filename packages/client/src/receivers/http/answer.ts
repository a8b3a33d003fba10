import type { ServerResponse } from 'node:http';
import { encodeEnvelope } from '@boomerang/protocol';
import type { CallbackVerdict } from '../callback.js';
import { httpStatusOf } from '../check-verdict.js';
import { toCallbackResponse } from '../to-callback-response.js';

/** Over HTTP a callback may also be answered with a bare status. */
export type HttpVerdict = CallbackVerdict | { readonly httpStatus: number };

const OK = encodeEnvelope({ callbackResponse: toCallbackResponse('OK') });

export function answer(response: ServerResponse, verdict: HttpVerdict): void {
  const status = httpStatusOf(verdict);
  if (status !== undefined) answerStatus(response, status);
  else if (verdict === undefined || verdict === 'OK') answerEnvelope(response, OK);
  else
    answerEnvelope(
      response,
      encodeEnvelope({ callbackResponse: toCallbackResponse(verdict as CallbackVerdict) }),
    );
}

export function answerStatus(response: ServerResponse, status: number, reason = ''): void {
  const body = Buffer.from(reason);
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'content-length': body.length });
  response.end(body);
}

function answerEnvelope(response: ServerResponse, body: Buffer): void {
  response.writeHead(200, { 'content-type': 'application/x-protobuf', 'content-length': body.length });
  response.end(body);
}
