import { nextTimes } from '@boomerang/calendar';
import type { CalendarStore, LackingTimes } from '@boomerang/domain';
import type { SchedulerLog } from './log.js';
import type { SchedulerMetrics } from './metrics.js';

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
export class CalendarSweeper {
  #underWay: Promise<void> | undefined;
  #closed = false;

  constructor(
    private readonly partition: number,
    private readonly deps: CalendarSweeperDependencies,
  ) {}

  /** Begins a sweep, unless one is under way. */
  sweep(): void {
    if (this.#closed) return;
    this.#underWay ??= this.#sweepOnce().finally(() => {
      this.#underWay = undefined;
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#underWay;
  }

  async #sweepOnce(): Promise<void> {
    const { calendars, metrics, log } = this.deps;
    try {
      const lacking = await calendars.lackingTimes(this.partition);
      metrics.lackedTimes(this.partition, lacking.length);
      const additions = lacking.map((task) => ({ taskId: task.taskId, timesMs: this.#timesOf(task) }));
      await calendars.addTimes(this.partition, additions);
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
