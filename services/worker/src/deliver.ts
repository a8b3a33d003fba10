import {
  type AttemptResult,
  type Callback,
  type ClaimedOccurrence,
  classify,
  type ServerClock,
  type Settlement,
} from '@boomerang/domain';
import type { DueTimer } from './due-timer.js';
import type { EndpointLimits } from './endpoint-limits.js';
import type { WorkerMetrics } from './metrics.js';
import type { Transport } from './transports/transport.js';

export interface DeliverDependencies {
  readonly clock: ServerClock;
  readonly timer: DueTimer;
  readonly endpoints: EndpointLimits;
  readonly transport: Transport;
  readonly metrics: WorkerMetrics;
  readonly settle: (occurrence: ClaimedOccurrence, settlement: Settlement) => void;
}

/** Takes a claimed occurrence through its attempt: wait for its millisecond, fire, classify, settle. */
export function createDeliver(deps: DeliverDependencies): (occurrence: ClaimedOccurrence) => void {
  const { clock, timer, endpoints, transport, metrics, settle } = deps;

  function deliver(occurrence: ClaimedOccurrence): void {
    timer.at(occurrence.dueMs, () => {
      const { callback } = occurrence.policy;
      if (callback) queueFor(callback, occurrence);
      else end(occurrence, { kind: 'terminal', error: 'the delivery policy has no callback' }, 0);
    });
  }

  function queueFor(callback: Callback, occurrence: ClaimedOccurrence): void {
    const key = transport.endpointKey(callback);
    const start = () => void attempt(callback, occurrence).finally(() => endpoints.leave(key));
    endpoints.enter(key, start, () => giveBack(occurrence, 'endpoint_busy'));
  }

  async function attempt(callback: Callback, occurrence: ClaimedOccurrence): Promise<void> {
    const startedAt = performance.now();
    const result = await transport.send(callback, occurrence, () => objection(occurrence));
    if (result.kind === 'not_sent') giveBack(occurrence, 'not_sent');
    else end(occurrence, result, performance.now() - startedAt);
  }

  /** Called in the very tick that writes: why it must not, if so. */
  function objection(occurrence: ClaimedOccurrence): string | undefined {
    if (performance.now() >= occurrence.leaseEndsAt) return 'the lease has ended';
    const lateness = clock.now() - occurrence.dueMs;
    if (lateness < 0) return 'not due yet';
    metrics.lateness(lateness);
    return undefined;
  }

  function end(
    occurrence: ClaimedOccurrence,
    result: Exclude<AttemptResult, { kind: 'not_sent' }>,
    durationMs: number,
  ): void {
    const { attempt, policy } = occurrence;
    settle(occurrence, classify(result, attempt, policy.retry, { atMs: clock.now(), durationMs }));
  }

  function giveBack(occurrence: ClaimedOccurrence, reason: 'endpoint_busy' | 'not_sent'): void {
    metrics.givenBack(reason);
    const jitterMs = 50 + Math.random() * 200;
    settle(occurrence, { kind: 'give_back', dueMs: Math.ceil(clock.now() + jitterMs) });
  }

  return deliver;
}
