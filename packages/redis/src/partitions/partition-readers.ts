import { Cluster, type Redis } from 'ioredis';
import type { RedisConnection } from '../connection/connection.js';
import type { PartitionKeys } from './keys.js';
import { loadPartitions } from './partitions.js';

/** A connection that hears of some partitions and not of all. */
export interface PartitionReader {
  /** As in `CLIENT LIST`: `scheduler-wakes`, `worker-wakes`; empty for a connection without a name. */
  readonly name: string;
  /** `host:port` that it comes from. */
  readonly address: string;
  /** So many it hears of. */
  readonly partitions: number;
}

/**
 * Subscribes a scheduler or a worker to every partition that may hold something: that is what `readersBehind` finds it by.
 *
 * @returns the keys of these partitions.
 */
export async function subscribeToPartitions(
  connection: RedisConnection,
  subscriber: RedisConnection,
  initial: number,
): Promise<PartitionKeys[]> {
  for (;;) {
    const partitions = await loadPartitions(connection, initial);
    await subscriber.subscribe(...partitions.map(({ wakeChannel }) => wakeChannel));
    // Whoever raises the count writes it first and looks for readers that are behind afterwards. Read again behind the
    // subscription: either this sees the raised count, or its subscription is seen.
    if ((await loadPartitions(connection, initial)).length === partitions.length) return partitions;
  }
}

/** How many schedulers and workers don't hear of all of these partitions; 0 = every one that runs does. */
export async function countReadersBehind(
  redis: RedisConnection,
  partitions: readonly PartitionKeys[],
): Promise<number> {
  const [first, last] = [partitions[0], partitions.at(-1)].map((keys) => keys?.wakeChannel ?? '');
  const counts = await Promise.all(
    nodesOf(redis).map((node) => node.pubsub('NUMSUB', first as string, last as string)),
  );
  // Classic subscriptions are counted by the node that the subscriber is connected to.
  const sum = (place: number) => counts.reduce((total, reply) => total + Number(reply[place]), 0);
  return sum(1) - sum(3);
}

/** Who they are, as far as Redis tells. */
export async function readersBehind(redis: RedisConnection, count: number): Promise<PartitionReader[]> {
  const lists = await Promise.all(nodesOf(redis).map((node) => node.client('LIST', 'TYPE', 'PUBSUB')));
  return lists
    .flatMap((list) => String(list).trim().split('\n'))
    .map(parseClient)
    .filter(({ partitions }) => partitions > 0 && partitions < count);
}

/** The one Redis, or every node of a Cluster, replicas included: a subscriber may be connected to any of them. */
function nodesOf(redis: RedisConnection): Redis[] {
  return redis instanceof Cluster ? redis.nodes('all') : [redis];
}

function parseClient(line: string): PartitionReader {
  const fields = new Map(line.split(' ').map((field) => field.split(/=(.*)/, 2) as [string, string]));
  return {
    name: fields.get('name') ?? '',
    address: fields.get('addr') ?? '',
    partitions: Number(fields.get('sub') ?? 0),
  };
}
