import { type LatenessHistogram, mergeLateness } from './lateness-histogram.js';

/** What is counted, in the order in which it is stored: new ones come last. */
export const ACTIVITY_COUNTS = [
  /** Tasks registered. */
  'registered',
  /** Tasks cancelled. */
  'cancelled',
  /** Attempts that succeeded. */
  'delivered',
  /** Failed attempts that are tried again. */
  'retried',
  /** Occurrences whose attempts are exhausted. */
  'deadLettered',
  /** Occurrences given back without an attempt. */
  'givenBack',
  /** Outcomes that came too late to count. */
  'stale',
  /** Requests written, by the wire of the callback. */
  'http',
  'grpc',
  'tcp',
  'udp',
] as const;

export type ActivityCount = (typeof ACTIVITY_COUNTS)[number];

/** What happened within some time. */
export interface Activity {
  readonly counts: Record<ActivityCount, number>;
  readonly lateness: LatenessHistogram;
}

export function noActivity(): Activity {
  const counts = Object.fromEntries(ACTIVITY_COUNTS.map((name) => [name, 0]));
  return { counts: counts as Record<ActivityCount, number>, lateness: new Map() };
}

export function mergeActivity(into: Activity, from: Activity): void {
  for (const name of ACTIVITY_COUNTS) into.counts[name] += from.counts[name];
  mergeLateness(into.lateness, from.lateness);
}
