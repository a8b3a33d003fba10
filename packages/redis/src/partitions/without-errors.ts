import { BoomerangError } from '@boomerang/domain';

/** What became of an item of several: whoever works on all of them leaves errors in their places. */
export type Outcome<T> = T | BoomerangError;

/** Does `work` with those that are no error, all at once; its results take their places. */
export async function withoutErrors<T, R>(
  items: readonly Outcome<T>[],
  work: (good: readonly T[], places: readonly number[]) => Promise<readonly Outcome<R>[]>,
): Promise<Outcome<R>[]> {
  const places = items.flatMap((item, place) => (item instanceof BoomerangError ? [] : [place]));
  const results = [...items] as Outcome<R>[];
  const good = places.map((place) => items[place] as T);
  const done = await work(good, places);
  done.forEach((result, i) => {
    results[places[i] as number] = result;
  });
  return results;
}
