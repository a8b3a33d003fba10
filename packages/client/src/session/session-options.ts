import type { BackoffStrategy, Callback, DlqPolicy } from '@boomerang/domain';

/** How failed deliveries are tried again; what is absent is the service's default. */
export interface RetryOptions {
  /** Attempts per occurrence, the first included: 1 to 100. Default 5. */
  readonly maxAttempts?: number;
  /** Whether every pause is `intervalMs`, or each is twice the one before. Default `FIXED`. */
  readonly strategy?: BackoffStrategy;
  /** Milliseconds before the first retry, and under `FIXED` before each: 1 to 86,400,000 (24 h). Default 1,000. */
  readonly intervalMs?: number;
  /** The longest pause under `EXPONENTIAL`, ms: `intervalMs` to 86,400,000 (24 h). Default 60,000, or `intervalMs` if more. */
  readonly maxIntervalMs?: number;
}

export interface SessionOptions {
  /** A key of the client, `bmr_…`. A secret. */
  readonly token: string;
  /** Where tasks are called back. Absent: the session manages tasks but can't register any. */
  readonly callback?: Callback;
  readonly retry?: RetryOptions;
  /**
   * Where occurrences end whose attempts are exhausted: `destination` is the name of one of the client's own buckets, or
   * the URL of a destination outside (docs/dead-letters.md). Absent: the bucket `default`.
   */
  readonly dlq?: DlqPolicy;
}
