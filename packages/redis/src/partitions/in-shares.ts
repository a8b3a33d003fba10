import type { BoomerangError } from '@boomerang/domain';
import { fromRedisError } from '../connection/redis-error.js';
import { mapByPartition } from './by-partition.js';

/** As `mapByPartition`, but a failure in one partition concerns only that partition's items. */
export async function inShares<T, R>(
  batch: readonly T[],
  partitionOf: (item: T) => number,
  work: (partition: number, share: readonly T[]) => Promise<readonly (R | BoomerangError)[]>,
): Promise<(R | BoomerangError)[]> {
  const results = await mapByPartition(batch, partitionOf, (partition, share) =>
    work(partition, share).catch((error: unknown) => share.map(() => fromRedisError(error))),
  );
  return results as (R | BoomerangError)[];
}
