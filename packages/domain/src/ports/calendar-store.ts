import type { Calendar } from '../tasks/calendar.js';

/** A task that recurs by a calendar and lacks times of its next occurrences. */
export interface LackingTimes {
  readonly taskId: string;
  /** Undefined of a task that has ended: it needs none. */
  readonly calendar: Calendar | undefined;
  /** Unix epoch ms: what is lacking comes later. That is the latest time that is known, or now if it has passed. */
  readonly afterMs: number;
}

/** Times of next occurrences for one task. */
export interface LaterTimes {
  readonly taskId: string;
  /** Unix epoch ms, ascending; those that its record has already, or that are not later, change nothing. */
  readonly timesMs: readonly number[];
}

/** Scripts can't evaluate cron expressions: who can gives them the times of next occurrences. */
export interface CalendarStore {
  /** Tasks of the partition that have lacked times for more than a moment; not all if there are many. */
  lackingTimes(partition: number): Promise<LackingTimes[]>;
  /** Of a task without any addition it is only noted that it needs none, if that is so. */
  addTimes(partition: number, additions: readonly LaterTimes[]): Promise<void>;
}
