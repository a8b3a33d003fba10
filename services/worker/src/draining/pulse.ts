/**
 * The common beat of claims and settles, ms. Those of all partitions fall into the same turn of the event loop, so that they
 * are sent to Redis together.
 */
const BEAT_MS = 8;

/** The beat at or before `ms` (monotonic). */
export function beatBefore(ms: number): number {
  return Math.floor(ms / BEAT_MS) * BEAT_MS;
}

/** The first beat after `ms` (monotonic). */
export function beatAfter(ms: number): number {
  return beatBefore(ms) + BEAT_MS;
}
