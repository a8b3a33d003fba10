/** Does `work` with at most `most` items at a time, one chunk after the other; all results in the order of `items`. */
export async function inChunks<T, R>(
  items: readonly T[],
  most: number,
  work: (chunk: readonly T[]) => Promise<readonly R[]>,
): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += most) results.push(...(await work(items.slice(at, at + most))));
  return results;
}
