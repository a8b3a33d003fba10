import { MAX_PARTITIONS } from '@boomerang/domain';
import type { RedisConnection } from '../connection/connection.js';
import { joinFormat } from './format.js';
import { globalKeys, type PartitionKeys, partitionKeys } from './keys.js';

/**
 * The keys of every partition. The count lives in Redis; `initial` is written when it has none yet.
 *
 * @throws when this build can't read what is in Redis.
 */
export async function loadPartitions(redis: RedisConnection, initial: number): Promise<PartitionKeys[]> {
  await joinFormat(redis);
  // Read first: a service has to start at a Redis that takes no writes just now.
  let text = await redis.get(globalKeys.partitions);
  if (text === null) {
    await redis.set(globalKeys.partitions, initial, 'NX');
    text = await redis.get(globalKeys.partitions);
  }
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > MAX_PARTITIONS) {
    throw new Error(
      `${globalKeys.partitions} in Redis is no partition count: allowed are 1 to ${MAX_PARTITIONS}`,
    );
  }
  return partitionKeys(count);
}
