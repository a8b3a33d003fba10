import type { RedisConnection } from '../connection/connection.js';
import { joinFormat } from './format.js';
import { type PartitionKeys, partitionKeys } from './keys.js';
import { loadPartitionCounts, readPartitionCounts } from './partition-counts.js';

/**
 * The keys of every partition that may hold something. The count lives in Redis; `initial` is written when it has none
 * yet.
 *
 * @throws when this build can't read what is in Redis.
 */
export async function loadPartitions(redis: RedisConnection, initial: number): Promise<PartitionKeys[]> {
  await joinFormat(redis);
  return partitionKeys((await loadPartitionCounts(redis, initial)).read);
}

/**
 * The same for whoever only looks at what is there: none where Redis has no count yet, and so nothing in it.
 *
 * @throws when this build can't read what is in Redis.
 */
export async function readPartitions(redis: RedisConnection): Promise<PartitionKeys[]> {
  await joinFormat(redis);
  return partitionKeys((await readPartitionCounts(redis))?.read ?? 0);
}
