import type { ErrorClass } from './error-class.js';

/** An attempt that is over, as its task shows it. */
export interface AttemptRecord {
  /** From 1. */
  readonly occurrence: number;
  readonly attempt: number;
  /** Unix epoch ms at which the attempt was over. */
  readonly atMs: number;
  readonly durationMs: number;
  /** How it ended well, or what kind of failure it met. */
  readonly outcome: 'delivered' | 'sent' | 'stop' | ErrorClass;
  /** What went wrong, at most 255 bytes of UTF-8; empty when nothing did. */
  readonly error: string;
}
