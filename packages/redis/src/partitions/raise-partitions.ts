import { setTimeout as sleep } from 'node:timers/promises';
import type { RedisConnection } from '../connection/connection.js';
import { readLua } from '../scripts-folder.js';
import { globalKeys, type PartitionKeys, partitionKeys } from './keys.js';
import { type PartitionCounts, readPartitionCounts } from './partition-counts.js';
import { countReadersBehind, type PartitionReader, readersBehind } from './partition-readers.js';

/** Where a raise of the partition count stands. */
export interface PartitionRaise {
  readonly counts: PartitionCounts;
  /** Schedulers and workers that have to be restarted before the raise goes on; 0 = it is done. */
  readonly behind: number;
  /** Who they are; empty where Redis doesn't tell. */
  readonly readers: readonly PartitionReader[];
}

/** Time between two counts of readers, ms: one whose connection was lost is back by then. */
const COUNT_AGAIN_MS = 1_500;

/**
 * Raises the partition count as far as it is safe now. Readers come first: schedulers and workers that start from now on
 * look after all `count` partitions. Once every one does that runs, writers follow: gateways that start from then on write
 * to all of them. Each step can be repeated, and after a crash the next call goes on.
 *
 * @throws when `count` is lower than what is read already, or Redis holds no count yet.
 */
export async function raisePartitions(redis: RedisConnection, count: number): Promise<PartitionRaise> {
  const { written, read } = await requireCounts(redis);
  if (count < read) {
    const problem = `the partition count is never lowered: ${read} partitions are read already`;
    throw new Error(written < read ? `${problem}, and ${written} written to` : problem);
  }
  // Both in one step, so that a raised count never exists without the oldest count.
  if (count > read) await redis.sadd(globalKeys.partitionHistory, written, count);
  const keys = partitionKeys(count);
  const behind = written < count ? await countTwice(redis, keys) : 0;
  if (behind > 0) {
    const readers = await readersBehind(redis, keys).catch(() => []);
    return { counts: await requireCounts(redis), behind, readers };
  }
  await redis.eval(readLua('partitions/raise-count.lua'), 1, globalKeys.partitions, count);
  return { counts: await requireCounts(redis), behind: 0, readers: [] };
}

/** How many readers are behind, counted twice; the greater number. */
async function countTwice(redis: RedisConnection, keys: readonly PartitionKeys[]): Promise<number> {
  const behind = await countReadersBehind(redis, keys);
  if (behind > 0) return behind;
  await sleep(COUNT_AGAIN_MS);
  return countReadersBehind(redis, keys);
}

async function requireCounts(redis: RedisConnection): Promise<PartitionCounts> {
  const counts = await readPartitionCounts(redis);
  if (counts) return counts;
  throw new Error('Redis holds no partition count yet: the first service that starts writes one');
}
