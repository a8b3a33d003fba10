/**
 * Does `work` with the share of each partition, all partitions at once; its results in the order of `items`, undefined
 * where it has fewer results than items.
 */
export async function mapByPartition<T, R>(
  items: readonly T[],
  partitionOf: (item: T) => number,
  work: (partition: number, share: readonly T[]) => Promise<readonly R[]>,
): Promise<(R | undefined)[]> {
  const places = new Map<number, number[]>();
  items.forEach((item, place) => {
    const partition = partitionOf(item);
    places.set(partition, [...(places.get(partition) ?? []), place]);
  });
  const results = new Array<R | undefined>(items.length).fill(undefined);
  await Promise.all(
    [...places].map(async ([partition, own]) => {
      const done = await work(
        partition,
        own.map((place) => items[place] as T),
      );
      done.forEach((result, i) => {
        results[own[i] as number] = result;
      });
    }),
  );
  return results;
}
