import type { NameStore } from '@boomerang/domain';
import type { SchedulerLog } from './log.js';
import type { SchedulerMetrics } from './metrics.js';

export interface SweeperDependencies {
  readonly names: NameStore;
  readonly metrics: Pick<SchedulerMetrics, 'swept'>;
  readonly log: Pick<SchedulerLog, 'sweepFailed'>;
}

/** Checks the names of one partition, and frees those whose tasks ended long enough ago. */
export class NameSweeper {
  #underWay: Promise<void> | undefined;
  #closed = false;

  constructor(
    private readonly partition: number,
    private readonly deps: SweeperDependencies,
  ) {}

  /** Begins to check all names that are due for a check, unless a check is under way: many names may be due. */
  sweep(): void {
    if (this.#closed) return;
    this.#underWay ??= this.#sweepAll().finally(() => {
      this.#underWay = undefined;
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#underWay;
  }

  async #sweepAll(): Promise<void> {
    const { names, metrics, log } = this.deps;
    try {
      for (let more = true; more && !this.#closed; ) {
        const swept = await names.sweep(this.partition);
        metrics.swept(this.partition, swept.kept);
        more = swept.more;
      }
    } catch (error) {
      log.sweepFailed(this.partition, error);
    }
  }
}
