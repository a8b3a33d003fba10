/**
 * An occurrence that is due within this time after it was written is announced, because the next look ahead may be too
 * late, ms. It is more than the longest lead and the longest time between two looks together.
 */
export const NOTICE_MS = 2_000;

/** What the scripts of one deployment must agree on; every service takes it from its configuration. */
export interface EngineSettings {
  /** Width of a slice, ms. */
  readonly sliceMs: number;
  /** How long an ended task can still be asked for, ms. */
  readonly retentionMs: number;
}
