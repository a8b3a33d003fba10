import type { RedisConnection } from '../connection/connection.js';
import { joinFormat } from './format.js';
import { type PartitionKeys, partitionKeys } from './keys.js';
import { loadPartitionCounts, readPartitionCounts } from './partition-counts.js';

/**
 * The partitions as a gateway needs them. How many it writes to is fixed at its start: it is safe to write to fewer than
 * other gateways do. How many it reads follows Redis, so that it finds tasks that any other gateway has written.
 */
export interface PartitionMap {
  /** Where new tasks go. */
  readonly written: readonly PartitionKeys[];
  /** Number of partitions that names are spread over. It is the same for every gateway at any time. */
  readonly oldest: number;
  /** Every partition that may hold something, as Redis says now. */
  all(): Promise<readonly PartitionKeys[]>;
  /** One of them; undefined when there is none of this number. */
  find(partition: number | undefined): Promise<PartitionKeys | undefined>;
}

/**
 * @param initial is written when Redis has no count yet.
 * @throws when this build can't read what is in Redis.
 */
export async function loadPartitionMap(redis: RedisConnection, initial: number): Promise<PartitionMap> {
  await joinFormat(redis);
  const counts = await loadPartitionCounts(redis, initial);
  let known = partitionKeys(counts.read);

  async function all(): Promise<readonly PartitionKeys[]> {
    const { read } = (await readPartitionCounts(redis)) ?? counts;
    if (read > known.length) known = partitionKeys(read);
    return known;
  }

  return {
    written: known.slice(0, counts.written),
    oldest: counts.oldest,
    all,
    async find(partition = -1) {
      return known[partition] ?? (partition < 0 ? undefined : (await all())[partition]);
    },
  };
}
