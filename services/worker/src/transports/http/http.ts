import {
  type AttemptOutcome,
  type AttemptResult,
  type Callback,
  type ClaimedOccurrence,
  type CustomHeaders,
  DEFAULT_RAW_CONTENT_TYPE,
  type HttpCallback,
} from '@boomerang/domain';
import { callbackEnvelope } from '../shared/callback-envelope.js';
import { callbackHeaders } from '../shared/callback-headers.js';
import { ConnectionPool } from '../shared/connection-pool.js';
import { perCallback } from '../shared/per-callback.js';
import { type Sign, signatureHeaders } from '../shared/sign.js';
import type { Transport, TransportOptions } from '../transport.js';
import { AnswerParser, type HttpAnswer } from './answer/answer-parser.js';
import { encodeRequest, httpTargetOf } from './http-request.js';
import { ENVELOPE_TYPE, judgeHttpResponse } from './judge-http-response.js';

/**
 * Callbacks as a request with an envelope or of the bare payload, by an HTTP client of our own. HTTP libraries queue and retry
 * by themselves, and throw on answers that can be understood. Redirects are not followed, bodies not decompressed.
 */
export function createHttpTransport(options: TransportOptions): Transport {
  const pool = new ConnectionPool<HttpAnswer, AttemptOutcome>(options, () => new AnswerParser());
  const targetOf = perCallback((callback) =>
    httpTargetOf(callback.endpoint, callback.protocol === 'HTTP' ? callback.method : undefined),
  );

  return {
    endpointOf: (callback) => targetOf(callback).endpoint,

    async send(callback, occurrence, objection, sign): Promise<AttemptResult> {
      const endsAt = performance.now() + options.callbackTimeoutMs;
      const target = targetOf(callback);
      const own = headersOf(callback, occurrence, options.headers);
      if (own instanceof Error) return { kind: 'starved', error: own.message };
      const { type, body } = contentOf(callback, occurrence, sign);
      const fields = {
        'content-type': type,
        ...callbackHeaders(occurrence),
        ...own,
        ...signatureHeaders(sign?.(body)),
      };
      const judge = (answer: HttpAnswer) =>
        judgeHttpResponse(answer, occurrence.repeatIntervalMs > 0, isRaw(callback));
      try {
        const request = encodeRequest(target, fields, body);
        return await pool.exchange(target, { request, objection, endsAt, judge });
      } catch (error) {
        return { kind: 'retryable', errorClass: 'unsendable', error: (error as Error).message };
      }
    },

    close: async () => pool.close(),
  };
}

/** The client's own; an error where this worker can't read them. */
function headersOf(
  callback: Callback,
  { clientId }: ClaimedOccurrence,
  seal: TransportOptions['headers'],
): CustomHeaders | Error {
  const sealed = callback.protocol === 'HTTP' ? callback.headers : undefined;
  try {
    if (!sealed) return {};
    return seal?.open(clientId, sealed) ?? new Error('headers of clients can not be read here');
  } catch (error) {
    return error as Error;
  }
}

interface Content {
  readonly type: string;
  readonly body: Uint8Array;
}

function contentOf(callback: Callback, occurrence: ClaimedOccurrence, sign: Sign | undefined): Content {
  if (isRaw(callback)) {
    return { type: callback.rawContentType ?? DEFAULT_RAW_CONTENT_TYPE, body: occurrence.payload };
  }
  return { type: ENVELOPE_TYPE, body: callbackEnvelope(occurrence, sign) };
}

function isRaw(callback: Callback): callback is HttpCallback {
  return callback.protocol === 'HTTP' && callback.format === 'RAW';
}
