import {
  type AttemptResult,
  type Callback,
  type ClaimedOccurrence,
  DEFAULT_RAW_CONTENT_TYPE,
  type HttpCallback,
} from '@boomerang/domain';
import { Agent, type Dispatcher } from 'undici';
import type { EndpointAddress } from '../../endpoints/endpoint-address.js';
import { callbackEnvelope } from '../shared/callback-envelope.js';
import { callbackHeaders } from '../shared/callback-headers.js';
import { perCallback } from '../shared/per-callback.js';
import { type Sign, signatureHeaders } from '../shared/sign.js';
import type { ConnectionResult, Transport, TransportOptions } from '../transport.js';
import { guardedConnector } from './guarded-connector.js';
import { HttpAttempt } from './http-attempt.js';
import { ENVELOPE_TYPE, type HttpAnswer, judgeHttpResponse } from './judge-http-response.js';
import { Staleness } from './staleness.js';

interface Target {
  readonly endpoint: EndpointAddress;
  /** With query. */
  readonly path: string;
}

/**
 * Callbacks as `POST` of an envelope or of the bare payload. Connections are pooled; redirects are not followed and
 * bodies not decompressed. A request that meets a pooled connection which the receiver is just closing is sent once
 * more, as the same attempt.
 */
export function createHttpTransport(options: TransportOptions): Transport {
  const staleness = new Staleness();
  const agent = new Agent({
    connections: options.originSlots,
    pipelining: 1,
    keepAliveTimeout: options.callbackIdleMs,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: guardedConnector(options, (socket) => staleness.watch(socket)),
  });
  const targetOf = perCallback((callback): Target => {
    const { origin, pathname, search } = new URL(callback.endpoint);
    return { endpoint: { origin, path: pathname }, path: pathname + search };
  });

  return {
    endpointOf: (callback) => targetOf(callback).endpoint,

    async send(callback, occurrence, objection, sign): Promise<AttemptResult> {
      const endsAt = performance.now() + options.callbackTimeoutMs;
      const request = requestFor(targetOf(callback), contentOf(callback, occurrence, sign), occurrence, sign);
      const judge = (answer: HttpAnswer) =>
        judgeHttpResponse(answer, occurrence.repeatIntervalMs > 0, isRaw(callback));
      const once = (again: boolean) => {
        const sent = new Promise<ConnectionResult>((resolve) => {
          const watched = again ? undefined : staleness;
          agent.dispatch(request, new HttpAttempt(objection, endsAt, judge, watched, resolve));
        });
        return sent.catch(
          (error: Error): AttemptResult => ({
            kind: 'retryable',
            errorClass: 'connect',
            error: error.message,
          }),
        );
      };
      const result = await once(false);
      return result.kind === 'stale_connection' ? ((await once(true)) as AttemptResult) : result;
    },

    close: () => agent.destroy(),
  };
}

interface Content {
  readonly type: string;
  readonly body: Buffer | Uint8Array;
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

function requestFor(
  target: Target,
  { type, body }: Content,
  occurrence: ClaimedOccurrence,
  sign: Sign | undefined,
): Dispatcher.DispatchOptions {
  return {
    origin: target.endpoint.origin,
    path: target.path,
    method: 'POST',
    body,
    headers: {
      'content-type': type,
      ...callbackHeaders(occurrence),
      ...signatureHeaders(sign?.(body)),
    },
  };
}
