/** Each bucket ends this much later than the one before: percentiles are at most 20 % too high. */
const GROWTH = 1.2;
/** Where the first bucket ends, ms. */
const FIRST_MS = 0.1;
/** The last bucket begins at about two hours. */
const BUCKETS = 100;

/** How late attempts were: their number by bucket, without the empty ones. */
export type LatenessHistogram = Map<number, number>;

/** @param ms from the time an attempt was due to the write of its request. */
export function addLateness(histogram: LatenessHistogram, ms: number): void {
  const place = ms <= FIRST_MS ? 0 : Math.ceil(Math.log(ms / FIRST_MS) / Math.log(GROWTH));
  const bucket = Math.min(place, BUCKETS - 1);
  histogram.set(bucket, (histogram.get(bucket) ?? 0) + 1);
}

export function mergeLateness(into: LatenessHistogram, from: ReadonlyMap<number, number>): void {
  for (const [bucket, count] of from) into.set(bucket, (into.get(bucket) ?? 0) + count);
}

/**
 * The lateness that a share of all attempts did not exceed, ms; undefined without any.
 *
 * @param share from 0 to 1.
 */
export function latenessAt(histogram: ReadonlyMap<number, number>, share: number): number | undefined {
  const buckets = [...histogram].sort(([a], [b]) => a - b);
  const total = buckets.reduce((sum, [, count]) => sum + count, 0);
  let seen = 0;
  for (const [bucket, count] of buckets) {
    seen += count;
    if (seen >= total * share) return FIRST_MS * GROWTH ** bucket;
  }
  return undefined;
}
