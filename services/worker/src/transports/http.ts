import type { AddressGuard } from '@boomerang/address-guard';
import type { AttemptResult, Callback, ClaimedOccurrence } from '@boomerang/domain';
import { Agent, type Dispatcher } from 'undici';
import { callbackEnvelope } from './callback-envelope.js';
import { guardedConnector } from './guarded-connector.js';
import { HttpAttempt, type HttpResult } from './http-attempt.js';
import { Staleness } from './staleness.js';
import type { Transport } from './transport.js';

export interface HttpTransportOptions {
  readonly guard: AddressGuard;
  /** Most connections per origin; each carries one request at a time. */
  readonly endpointSlots: number;
  readonly callbackConnectTimeoutMs: number;
  /** From the call of `send` to the end of the answer. */
  readonly callbackTimeoutMs: number;
}

interface Target {
  readonly origin: string;
  readonly path: string;
}

/**
 * Callbacks as `POST` of an envelope. Connections are pooled; redirects are not followed and bodies not decompressed. A
 * request that meets a pooled connection which the receiver is just closing is sent once more, as the same attempt.
 */
export function createHttpTransport(options: HttpTransportOptions): Transport {
  const staleness = new Staleness();
  const agent = new Agent({
    connections: options.endpointSlots,
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: guardedConnector(options, (socket) => staleness.watch(socket)),
  });
  const targets = new WeakMap<Callback, Target>();

  function targetOf(callback: Callback): Target {
    const known = targets.get(callback);
    if (known) return known;
    const { origin, pathname, search } = new URL(callback.endpoint);
    const target = { origin, path: pathname + search };
    targets.set(callback, target);
    return target;
  }

  return {
    endpointKey: (callback) => targetOf(callback).origin,

    async send(callback, occurrence, objection): Promise<AttemptResult> {
      const endsAt = performance.now() + options.callbackTimeoutMs;
      const request = requestFor(targetOf(callback), occurrence);
      const once = (again: boolean) => {
        const sent = new Promise<HttpResult>((resolve) => {
          const recurring = occurrence.repeatIntervalMs > 0;
          const watched = again ? undefined : staleness;
          agent.dispatch(request, new HttpAttempt(objection, endsAt, recurring, watched, resolve));
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

function requestFor(target: Target, occurrence: ClaimedOccurrence): Dispatcher.DispatchOptions {
  return {
    ...target,
    method: 'POST',
    body: callbackEnvelope(occurrence),
    headers: {
      'content-type': 'application/x-protobuf',
      'user-agent': 'boomerang',
      'boomerang-task-id': occurrence.taskId,
      'boomerang-occurrence': String(occurrence.occurrence),
      'boomerang-attempt': String(occurrence.attempt),
      'boomerang-scheduled-time-ms': String(occurrence.scheduledTimeMs),
    },
  };
}
