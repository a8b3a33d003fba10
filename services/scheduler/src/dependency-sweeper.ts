import type { DependencyStore } from '@boomerang/domain';
import type { SchedulerLog } from './log.js';
import type { SchedulerMetrics } from './metrics.js';
import { Sweeper } from './sweeper.js';

export interface DependencySweeperDependencies {
  readonly dependencies: DependencyStore;
  readonly metrics: Pick<SchedulerMetrics, 'toldDependants'>;
  readonly log: Pick<SchedulerLog, 'dependantsNotTold'>;
}

/** Tells tasks what became of those of one partition that they wait for, and checks the waiting tasks of the partition. */
export class DependencySweeper extends Sweeper {
  #hasEnded = false;

  constructor(
    private readonly partition: number,
    private readonly deps: DependencySweeperDependencies,
  ) {
    super();
  }

  /** A task has ended that others wait for: they are told at once. */
  wake(): void {
    this.#hasEnded = true;
    this.sweep();
  }

  protected override async sweepAll(): Promise<void> {
    const { dependencies, metrics, log } = this.deps;
    try {
      let more = true;
      while ((more || this.#hasEnded) && !this.isClosed) {
        this.#hasEnded = false;
        const told = await dependencies.tellDependants(this.partition);
        metrics.toldDependants(told.tasks);
        more = told.more || (await dependencies.checkWaiting(this.partition)).more;
      }
    } catch (error) {
      log.dependantsNotTold(this.partition, error);
    }
  }
}
