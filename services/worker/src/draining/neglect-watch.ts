import type { FirstDue, OccurrenceStore, TicketConsumer } from '@boomerang/domain';
import type { WorkerLog } from '../log.js';
import type { WorkerMetrics } from '../metrics.js';

const CHECK_EVERY_MS = 1_000;
/** While Redis doesn't answer: it is back sooner than it seems. */
const CHECK_AGAIN_MS = 250;
/** What is due and unclaimed for this long is neglected. Schedulers issue a ticket for it after a quarter of that. */
const NEGLECTED_AFTER_MS = 1_000;
/** As long as tickets don't come in, what falls due before the next check is begun in time. */
const AHEAD_MS = 1_250;
/** Checks in a row that found tickets untaken, until they are consumed anew … */
const RENEW_AFTER = 5;
/** … and until starting the process anew is all that is left. */
const STUCK_AFTER = 15;

export interface NeglectDependencies {
  readonly partition: number;
  readonly store: Pick<OccurrenceStore, 'firstDue'>;
  readonly consumer: Pick<TicketConsumer, 'flow' | 'renew'>;
  /** Drains what falls due before `endMs` (Unix epoch ms). */
  readonly drainUntil: (endMs: number) => void;
  /** Whether this worker holds a ticket of the partition, or has no room for more. */
  readonly busy: () => boolean;
  /** Called whenever Redis has told what is due. */
  readonly onAnswer: () => void;
  readonly metrics: Pick<WorkerMetrics, 'neglected'>;
  readonly log: Pick<WorkerLog, 'neglected' | 'renewed' | 'renewalFailed' | 'checkFailed'>;
}

/**
 * Sees to it that nothing due in a partition waits for a ticket that doesn't come, whatever the reason: Redis takes no
 * tickets, another worker holds them and is at its limit, or the consumer of tickets is stuck.
 *
 * - *content*: tickets come in; once a second a look whether something due is neglected
 * - *helping itself*: something was, so this worker drains without a ticket, until tickets come in again
 * - *renewed*: tickets waited all the while and none was taken, so they are consumed anew
 * - *stuck*: not even that has helped
 */
export class NeglectWatch {
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #helping = false;
  #untaken = 0;

  constructor(private readonly deps: NeglectDependencies) {}

  start(): void {
    this.#next(CHECK_EVERY_MS);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** A ticket came in. */
  taken(): void {
    this.#untaken = 0;
    this.#helping = false;
  }

  /** Why this process should be started anew. */
  get stuck(): string | undefined {
    if (this.#untaken < STUCK_AFTER) return undefined;
    return `tickets of partition ${this.deps.partition} wait and none is taken, not even since they are consumed anew`;
  }

  #next(afterMs: number): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.#check(), afterMs);
  }

  async #check(): Promise<void> {
    const { partition, store, busy, onAnswer, log } = this.deps;
    try {
      const seen = await store.firstDue(partition);
      onAnswer();
      if (!busy() && this.#neglected(seen)) await this.#help(seen);
      this.#next(CHECK_EVERY_MS);
    } catch (error) {
      log.checkFailed(partition, error);
      this.#next(CHECK_AGAIN_MS);
    }
  }

  #neglected({ nowMs, firstDueMs, lastClaimMs }: FirstDue): boolean {
    if (this.#helping) return firstDueMs - nowMs < AHEAD_MS;
    return nowMs - Math.max(firstDueMs, lastClaimMs) > NEGLECTED_AFTER_MS;
  }

  async #help({ nowMs, firstDueMs }: FirstDue): Promise<void> {
    const { partition, consumer, drainUntil, metrics, log } = this.deps;
    const flow = await consumer.flow(partition);
    if (!this.#helping) log.neglected(partition, Math.round(nowMs - firstDueMs), flow);
    this.#helping = flow !== 'flowing';
    metrics.neglected(flow);
    drainUntil(nowMs + AHEAD_MS);
    this.#untaken = flow === 'untaken' ? this.#untaken + 1 : 0;
    if (this.#untaken === RENEW_AFTER) this.#renew();
  }

  #renew(): void {
    const { partition, consumer, log } = this.deps;
    log.renewed(partition);
    void consumer.renew(partition).catch((error: unknown) => log.renewalFailed(partition, error));
  }
}
