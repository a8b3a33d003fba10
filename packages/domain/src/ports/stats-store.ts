import type { ProcessSummary } from '../stats/process-summary.js';

export interface WrittenSummary extends ProcessSummary {
  /** When it was written, Unix epoch ms by Redis's clock. */
  readonly atMs: number;
}

/** What falls due, by slots of time. */
export interface Forecast {
  /** Due before the first slot. */
  readonly before: number;
  /** One for each slot. */
  readonly slots: readonly number[];
  /** Due behind the last slot. */
  readonly after: number;
}

export interface ForecastRange {
  /** Unix epoch ms. */
  readonly fromMs: number;
  readonly slotMs: number;
  readonly slots: number;
}

/** What processes tell of themselves, and what is to come. All methods reject with BoomerangError `unavailable`. */
export interface StatsStore {
  /** Kept for an hour. */
  write(summary: ProcessSummary): Promise<void>;
  /** Summaries written from one time to before another, the oldest first. */
  read(fromMs: number, untilMs: number): Promise<WrittenSummary[]>;
  /**
   * A client's tasks by when they are due next; without a client the occurrences of all. Of a recurring task the next
   * occurrence only.
   */
  forecast(clientId: string | undefined, range: ForecastRange): Promise<Forecast>;
  countDeadLetters(clientId: string): Promise<number>;
}
