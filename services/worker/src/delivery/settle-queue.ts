import type { ClaimedOccurrence, OccurrenceStore, Settlement, SettleRequest } from '@boomerang/domain';
import { beatAfter } from '../draining/pulse.js';
import type { WorkerLog } from '../log.js';

const MOST_PER_GROUP = 128;
const RETRY_AFTER_MS = { least: 50, most: 1_000 };

export interface Settled {
  readonly request: SettleRequest;
  /** False when the occurrence's token was not the current one any more, so that nothing was changed. */
  readonly current: boolean;
}

/**
 * Settles the outcomes of one partition in small groups, one group at a time, each on the beat after its first outcome.
 * A group that could not be written is written again until it is. Repeating is harmless: a token settles only once.
 */
export class SettleQueue {
  #pending: SettleRequest[] = [];
  #writing = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly partition: number,
    private readonly store: OccurrenceStore,
    private readonly onSettled: (settled: Settled) => void,
    private readonly log: WorkerLog,
  ) {}

  add(occurrence: ClaimedOccurrence, settlement: Settlement): void {
    this.#pending.push({ occurrence, settlement });
    if (this.#writing) return;
    if (this.#pending.length >= MOST_PER_GROUP) void this.#write();
    else this.#timer ??= setTimeout(() => void this.#write(), untilNextBeat());
  }

  async #write(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = true;
    while (this.#pending.length > 0) {
      const group = this.#pending.splice(0, MOST_PER_GROUP);
      const current = await this.#settle(group);
      group.forEach((request, i) => {
        this.onSettled({ request, current: current[i] ?? false });
      });
    }
    this.#writing = false;
  }

  async #settle(group: readonly SettleRequest[]): Promise<boolean[]> {
    for (let wait = RETRY_AFTER_MS.least; ; wait = Math.min(wait * 2, RETRY_AFTER_MS.most)) {
      try {
        return await this.store.settle(this.partition, group);
      } catch (error) {
        this.log.settleFailed(this.partition, group.length, error);
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
    }
  }
}

function untilNextBeat(): number {
  const now = performance.now();
  return beatAfter(now) - now;
}
