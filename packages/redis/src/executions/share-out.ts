/**
 * How many of the first `limit` of all are in each partition, when each tells how urgent its own are (less is more urgent).
 */
export function shareOut(scores: readonly (readonly number[])[], limit: number): number[] {
  const all = scores.flatMap((own, partition) => own.map((score) => ({ score, partition })));
  all.sort((a, b) => a.score - b.score || a.partition - b.partition);
  const shares = scores.map(() => 0);
  for (const { partition } of all.slice(0, limit)) shares[partition] = (shares[partition] ?? 0) + 1;
  return shares;
}
