import {
  type AttemptOutcome,
  type AttemptResult,
  type Callback,
  type ClaimedOccurrence,
  hostPortOf,
} from '@boomerang/domain';
import { encodeFrame } from '@boomerang/protocol';
import { callbackRequest } from '../shared/callback-envelope.js';
import { ConnectionPool, type Target } from '../shared/connection-pool.js';
import { judgeEnvelope } from '../shared/judge-envelope.js';
import { perCallback } from '../shared/per-callback.js';
import type { Sign } from '../shared/sign.js';
import type { Transport, TransportOptions } from '../transport.js';
import { FrameReader } from './frame-reader.js';

const ANOTHER_ANSWERED: AttemptOutcome = {
  kind: 'retryable',
  errorClass: 'protocol',
  error: 'the receiver answered another request',
};

/** Callbacks as frames. */
export function createTcpTransport(options: TransportOptions): Transport {
  const pool = new ConnectionPool<Buffer, AttemptOutcome>(options, () => new FrameReader());
  const targetOf = perCallback(toTarget);
  let lastRequestId = 0;

  function requestFor(occurrence: ClaimedOccurrence, requestId: number, sign: Sign | undefined): Buffer {
    return encodeFrame({ requestId, callbackRequest: callbackRequest(occurrence, sign) });
  }

  return {
    endpointOf: (callback) => ({ origin: targetOf(callback).key, path: '' }),

    async send(callback, occurrence, objection, sign): Promise<AttemptResult> {
      const endsAt = performance.now() + options.callbackTimeoutMs;
      const requestId = ++lastRequestId;
      const request = requestFor(occurrence, requestId, sign);
      const judge = (answer: Buffer) => judgeEnvelope(answer, requestId) ?? ANOTHER_ANSWERED;
      return pool.exchange(targetOf(callback), { request, objection, endsAt, judge });
    },

    close: async () => pool.close(),
  };
}

function toTarget(callback: Callback): Target {
  const { host, port } = hostPortOf(callback);
  return { key: `tcp://${host}:${port}`, host, port, tlsProtocol: undefined };
}
