/** What one partition found for a page. */
export interface PartitionPage<T> {
  readonly found: readonly T[];
  /** The last one that it looked at, if it did not look to the end. */
  readonly stoppedAt: T | undefined;
}

export interface MergedPage<T> {
  /** At most the limit, in order. */
  readonly chosen: readonly T[];
  /** Where to go on; undefined when there is nothing more. */
  readonly end: T | undefined;
}

/**
 * Joins the results of partitions into one page. All partitions have the same order, so one position is the cursor for
 * all. A partition that was not searched to its end limits the page: later results of other partitions are left out.
 */
export function mergePages<T>(
  pages: readonly PartitionPage<T>[],
  compare: (a: T, b: T) => number,
  limit: number,
): MergedPage<T> {
  const bound = pages.flatMap(({ stoppedAt }) => stoppedAt ?? []).sort(compare)[0];
  const found = pages
    .flatMap(({ found }) => found)
    .filter((one) => bound === undefined || compare(one, bound) <= 0)
    .sort(compare);
  const chosen = found.slice(0, limit);
  const end = found.length > chosen.length ? chosen.at(-1) : bound;
  return { chosen, end };
}
