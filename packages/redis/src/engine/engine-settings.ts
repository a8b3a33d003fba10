/**
 * What becomes due within this of being written is announced, as a look ahead may come too late for it. More than the
 * longest lead and the longest time between two looks together, ms.
 */
export const NOTICE_MS = 2_000;

/** What the scripts of one deployment must agree on; every service takes it from its configuration. */
export interface EngineSettings {
  /** Width of a slice, ms. */
  readonly sliceMs: number;
  /** How long an ended task can still be asked for, ms. */
  readonly retentionMs: number;
}
