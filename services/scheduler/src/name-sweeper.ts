import type { NameStore } from '@boomerang/domain';
import type { SchedulerLog } from './log.js';
import type { SchedulerMetrics } from './metrics.js';
import { Sweeper } from './sweeper.js';

export interface NameSweeperDependencies {
  readonly names: NameStore;
  readonly metrics: Pick<SchedulerMetrics, 'swept'>;
  readonly log: Pick<SchedulerLog, 'sweepFailed'>;
}

/** Checks all names of one partition that are due for a check, and frees those whose tasks ended long enough ago. */
export class NameSweeper extends Sweeper {
  constructor(
    private readonly partition: number,
    private readonly deps: NameSweeperDependencies,
  ) {
    super();
  }

  protected override async sweepAll(): Promise<void> {
    const { names, metrics, log } = this.deps;
    try {
      for (let more = true; more && !this.isClosed; ) {
        const swept = await names.sweep(this.partition);
        metrics.swept(this.partition, swept.kept);
        more = swept.more;
      }
    } catch (error) {
      log.sweepFailed(this.partition, error);
    }
  }
}
