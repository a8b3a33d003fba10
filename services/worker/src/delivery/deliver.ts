import {
  type AttemptOutcome,
  type Callback,
  type ClaimedOccurrence,
  classify,
  type GiveBackReason,
  type ServerClock,
  type Settlement,
} from '@boomerang/domain';
import { healthShownBy } from '../endpoints/endpoint-health.js';
import type { EndpointLimits, GiveUp, Start } from '../endpoints/endpoint-limits.js';
import type { EndedAttempt } from '../endpoints/endpoint-slots.js';
import type { WorkerLog } from '../log.js';
import type { WorkerMetrics } from '../metrics.js';
import { signerOf } from '../transports/shared/sign.js';
import type { Transport } from '../transports/transport.js';
import type { DueTimer } from './due-timer.js';
import type { SigningKeys } from './signing-keys.js';

/** An occurrence whose request could not be written in time is due again after this, ms. */
const NOT_SENT_COME_BACK_MS = 50;

/** The same if this worker had no file descriptor left for a socket, ms: other sockets may be closed by then. */
const STARVED_COME_BACK_MS = 1_000;

/** The same if it is not known whether the callback has to be signed, and with which secrets, ms. */
const UNSIGNABLE_COME_BACK_MS = 5_000;

const NO_CALLBACK: AttemptOutcome = {
  kind: 'terminal',
  errorClass: 'unsendable',
  error: 'the delivery policy has no callback',
};

export interface DeliverDependencies {
  /** One for each partition. */
  readonly clocks: readonly ServerClock[];
  /** One for each partition. */
  readonly timers: readonly DueTimer[];
  readonly endpoints: EndpointLimits;
  readonly signingKeys: SigningKeys;
  readonly transport: Transport;
  readonly metrics: WorkerMetrics;
  readonly log: Pick<WorkerLog, 'starved'>;
  readonly settle: (occurrence: ClaimedOccurrence, settlement: Settlement) => void;
}

/** Takes a claimed occurrence through its attempt: wait for its millisecond, fire, classify, settle. */
export function createDeliver(deps: DeliverDependencies): (occurrence: ClaimedOccurrence) => void {
  const { clocks, timers, endpoints, signingKeys, transport, metrics, log, settle } = deps;

  function deliver(occurrence: ClaimedOccurrence): void {
    // Keys are loaded while the occurrence waits for its due time, so that loading delays no attempt.
    void signingKeys.of(occurrence.clientId);
    timers[occurrence.partition]?.at(occurrence.dueMs, () => {
      const { callback } = occurrence.policy;
      if (callback) queueFor(callback, occurrence);
      else end(occurrence, NO_CALLBACK, 0);
    });
  }

  function queueFor(callback: Callback, occurrence: ClaimedOccurrence): void {
    const address = { clientId: occurrence.clientId, ...transport.endpointOf(callback) };
    const start: Start = async (leave) => leave(await attempt(callback, occurrence));
    const giveUp: GiveUp = (reason, inMs) => giveBack(occurrence, reason, inMs);
    endpoints.enter(address, start, giveUp);
  }

  async function attempt(callback: Callback, occurrence: ClaimedOccurrence): Promise<EndedAttempt> {
    const startedAt = performance.now();
    const known = signingKeys.of(occurrence.clientId);
    const keys = known instanceof Promise ? await known : known;
    if (!keys) {
      giveBack(occurrence, 'unsignable', UNSIGNABLE_COME_BACK_MS);
      return { startedAt, durationMs: performance.now() - startedAt, health: 'unknown' };
    }
    occurrence.latenessMs = Math.max(0, Math.floor(now(occurrence) - occurrence.scheduledTimeMs));
    const sign = signerOf(keys, occurrence, now(occurrence));
    const result = await transport.send(callback, occurrence, () => objection(callback, occurrence), sign);
    const durationMs = performance.now() - startedAt;
    if (result.kind === 'not_sent') giveBack(occurrence, 'not_sent', NOT_SENT_COME_BACK_MS);
    else if (result.kind === 'starved') {
      log.starved(result.error);
      giveBack(occurrence, 'not_sent', STARVED_COME_BACK_MS);
    } else end(occurrence, result, durationMs);
    return { startedAt, durationMs, health: healthShownBy(result) };
  }

  /** Called in the same tick that writes the request. A reason means that it must not be written. */
  function objection({ protocol }: Callback, occurrence: ClaimedOccurrence): string | undefined {
    if (performance.now() >= occurrence.leaseEndsAt) return 'the lease has ended';
    const lateness = now(occurrence) - occurrence.dueMs;
    if (lateness < 0) return 'not due yet';
    // Given back, it is ended by the claim that meets it.
    if (now(occurrence) > (occurrence.expiresAtMs ?? Number.POSITIVE_INFINITY)) return 'expired';
    metrics.lateness(occurrence.clientId, protocol, lateness);
    return undefined;
  }

  function end(occurrence: ClaimedOccurrence, result: AttemptOutcome, durationMs: number): void {
    const { attempt, policy } = occurrence;
    settle(occurrence, classify(result, attempt, policy.retry, { atMs: now(occurrence), durationMs }));
  }

  function giveBack(occurrence: ClaimedOccurrence, reason: GiveBackReason, comeBackInMs: number): void {
    metrics.givenBack(reason);
    settle(occurrence, { kind: 'give_back', dueMs: Math.ceil(now(occurrence) + comeBackInMs), reason });
  }

  function now(occurrence: ClaimedOccurrence): number {
    return clocks[occurrence.partition]?.now() ?? Number.NaN;
  }

  return deliver;
}
