import type { FirstDue, OccurrenceStore, TicketConsumer } from '@boomerang/domain';
import type { WorkerLog } from '../log.js';
import type { WorkerMetrics } from '../metrics.js';

const CHECK_EVERY_MS = 1_000;
/** Time between two checks while Redis doesn't answer, ms: shorter, so that its return is noticed soon. */
const CHECK_AGAIN_MS = 250;
/** An occurrence that is due and unclaimed for this long is neglected, ms. Schedulers issue a ticket after a quarter of it. */
const NEGLECTED_AFTER_MS = 1_000;
/** How far ahead is drained while tickets don't come in, ms: up to the next check, so that attempts begin in time. */
const AHEAD_MS = 1_250;
/** After this many checks in a row that found tickets untaken, the consumer is replaced. */
const RENEW_AFTER = 5;
/** After this many, the process has to be restarted. */
const STUCK_AFTER = 15;

export interface NeglectDependencies {
  readonly partition: number;
  readonly store: Pick<OccurrenceStore, 'firstDue'>;
  readonly consumer: Pick<TicketConsumer, 'flow' | 'renew'>;
  /** Drains what falls due before `endMs` (Unix epoch ms). */
  readonly drainUntil: (endMs: number) => void;
  /** Whether this worker holds a ticket of the partition, or has no free slots for more. */
  readonly busy: () => boolean;
  /** Called whenever Redis has told what is due. */
  readonly onAnswer: () => void;
  readonly metrics: Pick<WorkerMetrics, 'neglected'>;
  readonly log: Pick<WorkerLog, 'neglected' | 'renewed' | 'renewalFailed' | 'checkFailed'>;
}

/**
 * Ensures that due occurrences of a partition don't wait for a ticket that doesn't come. Reasons can be that Redis refuses
 * tickets, that another worker holds them and is at its limit, or that the consumer of tickets hangs.
 *
 * - *content*: tickets come in; once a second it checks for neglected occurrences
 * - *helping itself*: there was one, so this worker drains without a ticket, until tickets come in again
 * - *renewed*: tickets waited all the time and none was taken, so the consumer was replaced
 * - *stuck*: replacing the consumer has not helped
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

  /** To be called when a ticket came in. */
  taken(): void {
    this.#untaken = 0;
    this.#helping = false;
  }

  /** Why this process should be restarted; undefined if it should not. */
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
