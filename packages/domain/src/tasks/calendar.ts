/** By what a task recurs that recurs by a calendar. */
export interface Calendar {
  /** A cron expression of 5 or 6 fields. */
  readonly cron: string;
  /** Name of the IANA time zone database whose clock the expression is about. */
  readonly timeZone: string;
}

/** A calendar, and when the next occurrences are due by it. */
export interface CalendarTimes extends Calendar {
  /** Unix epoch ms, ascending, at least one. */
  readonly timesMs: readonly number[];
}
