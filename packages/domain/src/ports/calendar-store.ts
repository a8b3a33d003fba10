import type { Calendar } from '../tasks/calendar.js';

/** A task that recurs by a calendar and lacks times of its next occurrences. */
export interface LackingTimes {
  readonly taskId: string;
  /** Undefined of a task that has ended: it needs none. */
  readonly calendar: Calendar | undefined;
  /** Unix epoch ms: the missing times come after this. It is the latest known time, or now if that has passed. */
  readonly afterMs: number;
}

/** Times of next occurrences for one task. */
export interface LaterTimes {
  readonly taskId: string;
  /** Unix epoch ms, ascending. Times that are in the record already, or not later than those, change nothing. */
  readonly timesMs: readonly number[];
}

/** Adds times of next occurrences to records, because scripts can't evaluate cron expressions. */
export interface CalendarStore {
  /**
   * Tasks of the partition that have lacked times for more than a second, the longest waiting first. `more` = there may be
   * others.
   *
   * @param skip how many of the longest waiting are left out.
   */
  lackingTimes(
    partition: number,
    skip: number,
  ): Promise<{ readonly tasks: readonly LackingTimes[]; readonly more: boolean }>;
  /**
   * With no times for a task, only notes that it needs none, if it has ended.
   *
   * @returns how many of the tasks still have no time.
   */
  addTimes(partition: number, additions: readonly LaterTimes[]): Promise<number>;
}
