import { MAX_PARTITIONS } from '@boomerang/domain';
import type { RedisConnection } from '../connection/connection.js';
import { globalKeys } from './keys.js';

/** Partition counts that hold at one time. `oldest` ≤ `written` ≤ `read`, each from 1 to 4096. */
export interface PartitionCounts {
  /** The count before the first raise. It never changes, so that what is spread by it is found by every gateway. */
  readonly oldest: number;
  /** Partitions that new tasks are written to. */
  readonly written: number;
  /** Partitions that may hold tasks. While the count is being raised, these are more than new tasks are written to. */
  readonly read: number;
}

/**
 * The counts that Redis holds; undefined when it holds none yet.
 *
 * @throws when what it holds is no partition count.
 */
export async function readPartitionCounts(redis: RedisConnection): Promise<PartitionCounts | undefined> {
  // Both keys have one slot, and a raise writes the history first: read in this order, they never show a count that was
  // raised and has no history. A transaction would be refused by a Redis that is full.
  const replies = await redis
    .pipeline()
    .get(globalKeys.partitions)
    .smembers(globalKeys.partitionHistory)
    .exec();
  const [text, history] = (replies ?? []).map(([error, reply]) => {
    if (error) throw error;
    return reply;
  }) as [string | null, string[]];
  if (text === null) return undefined;
  const written = toCount(globalKeys.partitions, text);
  const all = [written, ...history.map((count) => toCount(globalKeys.partitionHistory, count))];
  return { oldest: Math.min(...all), written, read: Math.max(...all) };
}

/** The counts that Redis holds. `initial` is written when it holds none yet. */
export async function loadPartitionCounts(redis: RedisConnection, initial: number): Promise<PartitionCounts> {
  // Read first: a service has to start at a Redis that takes no writes just now.
  const known = await readPartitionCounts(redis);
  if (known) return known;
  await redis.set(globalKeys.partitions, initial, 'NX');
  return (await readPartitionCounts(redis)) ?? { oldest: initial, written: initial, read: initial };
}

function toCount(key: string, text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= MAX_PARTITIONS) return count;
  throw new Error(`${key} in Redis is no partition count: allowed are 1 to ${MAX_PARTITIONS}`);
}
