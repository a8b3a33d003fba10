import type { ClaimedOccurrence, OccurrenceStore } from '@boomerang/domain';
import type { WorkerLog } from '../log.js';

const MOST_PER_RENEWAL = 256;
/**
 * Longest pause between two renewals, ms. After an outage of Redis, leases have to be renewed before schedulers count
 * them as lost; `renewal-grace.ts` of the scheduler has them wait longer than this.
 */
const LOOKS_AT_MOST_APART_MS = 1_000;

/** Renews the leases of attempts that run for long. */
export class LeaseKeeper {
  readonly #held = new Set<ClaimedOccurrence>();
  #timer: NodeJS.Timeout | undefined;

  /** @param leaseMs how long a lease lasts; it is renewed when half of it is over. */
  constructor(
    private readonly store: OccurrenceStore,
    private readonly leaseMs: number,
    private readonly log: WorkerLog,
  ) {}

  start(): void {
    this.#timer = setInterval(
      () => void this.#renewAll(),
      Math.min(this.leaseMs / 6, LOOKS_AT_MOST_APART_MS),
    );
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  hold(occurrence: ClaimedOccurrence): void {
    this.#held.add(occurrence);
  }

  release(occurrence: ClaimedOccurrence): void {
    this.#held.delete(occurrence);
  }

  /** Has the occurrences of a cancelled task count as without lease, so that their requests are not written any more. */
  revoke(taskId: string): void {
    for (const occurrence of this.#held) {
      if (occurrence.taskId === taskId) occurrence.leaseEndsAt = 0;
    }
  }

  async #renewAll(): Promise<void> {
    const halfOver = performance.now() + this.leaseMs / 2;
    const byPartition = new Map<number, ClaimedOccurrence[]>();
    for (const occurrence of this.#held) {
      if (occurrence.leaseEndsAt > halfOver || occurrence.leaseEndsAt === 0) continue;
      const list = byPartition.get(occurrence.partition) ?? [];
      byPartition.set(occurrence.partition, list);
      list.push(occurrence);
    }
    await Promise.all([...byPartition].map(([partition, list]) => this.#renew(partition, list)));
  }

  async #renew(partition: number, occurrences: readonly ClaimedOccurrence[]): Promise<void> {
    for (let i = 0; i < occurrences.length; i += MOST_PER_RENEWAL) {
      const group = occurrences.slice(i, i + MOST_PER_RENEWAL);
      try {
        const kept = await this.store.renew(partition, group);
        group.forEach((occurrence, n) => {
          if (kept[n]) return;
          occurrence.leaseEndsAt = 0;
          this.release(occurrence);
        });
      } catch (error) {
        this.log.renewFailed(partition, group.length, error);
      }
    }
  }
}
