import { nextTimes } from '@boomerang/calendar';
import type { CalendarStore, LackingTimes } from '@boomerang/domain';
import type { SchedulerLog } from './log.js';
import type { SchedulerMetrics } from './metrics.js';
import { Sweeper } from './sweeper.js';

export interface CalendarSweeperDependencies {
  readonly calendars: CalendarStore;
  readonly metrics: Pick<SchedulerMetrics, 'lackedTimes'>;
  readonly log: Pick<SchedulerLog, 'timesNotAdded' | 'calendarUnreadable'>;
}

/** How many times a record has room for. */
const TIMES = 3;

/**
 * Adds the times of next occurrences to those tasks of one partition that have none, or too few. That happens when the
 * worker that claimed the last occurrence died, or could not write them.
 */
export class CalendarSweeper extends Sweeper {
  constructor(
    private readonly partition: number,
    private readonly deps: CalendarSweeperDependencies,
  ) {
    super();
  }

  protected override async sweepAll(): Promise<void> {
    const { calendars, metrics, log } = this.deps;
    try {
      let found = 0;
      for (let skipped = 0, more = true; more && !this.isClosed; ) {
        const lacking = await calendars.lackingTimes(this.partition, skipped);
        const additions = lacking.tasks.map((task) => ({
          taskId: task.taskId,
          timesMs: this.#timesOf(task),
        }));
        // Tasks whose calendars can't be evaluated here stay, and must not keep others from being found.
        skipped += await calendars.addTimes(this.partition, additions);
        found += additions.length;
        more = lacking.more;
      }
      metrics.lackedTimes(this.partition, found);
    } catch (error) {
      log.timesNotAdded(this.partition, error);
    }
  }

  /** Empty if this release, or its time zone database, can't evaluate the calendar: another scheduler may be able to. */
  #timesOf({ taskId, calendar, afterMs }: LackingTimes): number[] {
    if (!calendar) return [];
    try {
      return nextTimes(calendar, afterMs, TIMES);
    } catch (error) {
      this.deps.log.calendarUnreadable(taskId, error);
      return [];
    }
  }
}
