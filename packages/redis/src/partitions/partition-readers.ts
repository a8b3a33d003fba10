import { Cluster, type Redis } from 'ioredis';
import type { RedisConnection } from '../connection/connection.js';
import type { Subscription } from '../connection/subscription.js';
import { slotOf } from './hash-slot.js';
import type { PartitionKeys } from './keys.js';
import { loadPartitions } from './partitions.js';

/** A connection that hears of some partitions and not of all. */
export interface PartitionReader {
  /** As in `CLIENT LIST`: `scheduler-wakes`, `worker-wakes`; empty for a connection without a name. */
  readonly name: string;
  /** `host:port` that it comes from. */
  readonly address: string;
  /** So many it hears of … */
  readonly partitions: number;
  /** … and so many there are to be heard of: of the whole, or in a Cluster of the node that it is connected to. */
  readonly of: number;
}

/**
 * Subscribes a scheduler or a worker to every partition that may hold something: that is what `readersBehind` finds it by.
 *
 * @returns the keys of these partitions.
 */
export async function subscribeToPartitions(
  connection: RedisConnection,
  subscription: Subscription,
  initial: number,
): Promise<PartitionKeys[]> {
  for (;;) {
    const partitions = await loadPartitions(connection, initial);
    await subscription.hear(partitions.map(({ wakeChannel }) => wakeChannel));
    // The command that raises the count first writes it and then looks for readers that are behind. Here the count is read
    // again after the subscription. So either this read sees the raised count, or the command sees the subscription.
    if ((await loadPartitions(connection, initial)).length === partitions.length) return partitions;
  }
}

/** How many schedulers and workers don't hear of all of these partitions; 0 = every one that runs does. */
export async function countReadersBehind(
  redis: RedisConnection,
  partitions: readonly PartitionKeys[],
): Promise<number> {
  const channels = [partitions[0], partitions.at(-1)].map((keys) => keys?.wakeChannel ?? '');
  const nodes = await nodesOf(redis);
  // Classic subscriptions are counted by the node that the subscriber is connected to.
  const counts = await Promise.all(
    nodes.map(async (node) => ({ node, reply: await node.pubsub('NUMSUB', ...channels) })),
  );
  const heard = (place: number, counted: (node: Redis) => boolean) =>
    counts.reduce((sum, { node, reply }) => sum + (counted(node) ? Number(reply[2 * place + 1]) : 0), 0);
  const behind = (counted: (node: Redis, channel: string) => boolean) => {
    const [first, last] = channels.map((channel, i) => heard(i, (node) => counted(node, channel)));
    return (first as number) - (last as number);
  };
  // A node that is back after a failure may still count subscribers that have moved to its successor.
  return Math.max(
    behind(() => true),
    behind((node, channel) => isHeardOn(redis, node, channel)),
  );
}

/** Names and addresses of the readers that are behind, as far as Redis tells them. */
export async function readersBehind(
  redis: RedisConnection,
  partitions: readonly PartitionKeys[],
): Promise<PartitionReader[]> {
  const readers = (await nodesOf(redis)).map(async (node) => {
    const of = partitions.filter(({ wakeChannel }) => isHeardOn(redis, node, wakeChannel)).length;
    const list = String(await node.client('LIST', 'TYPE', 'PUBSUB'));
    return list
      .trim()
      .split('\n')
      .map((line) => parseClient(line, of));
  });
  return (await Promise.all(readers)).flat().filter((one) => one.partitions > 0 && one.partitions !== one.of);
}

/** In a Cluster every channel is heard on the primary of its slot. */
function isHeardOn(redis: RedisConnection, node: Redis, channel: string): boolean {
  if (!(redis instanceof Cluster)) return true;
  const { host, port } = node.options;
  return redis.slots[slotOf(channel)]?.[0] === `${host}:${port}`;
}

/**
 * The one Redis, or every node of a Cluster as it is now, replicas included: a subscriber of an earlier release may be
 * connected to any of them.
 */
async function nodesOf(redis: RedisConnection): Promise<Redis[]> {
  if (!(redis instanceof Cluster)) return [redis];
  await new Promise<void>((resolve, reject) => {
    redis.refreshSlotsCache((error) => (error ? reject(error) : resolve()));
  });
  return redis.nodes('all');
}

function parseClient(line: string, of: number): PartitionReader {
  const fields = new Map(line.split(' ').map((field) => field.split(/=(.*)/, 2) as [string, string]));
  return {
    name: fields.get('name') ?? '',
    address: fields.get('addr') ?? '',
    partitions: Number(fields.get('sub') ?? 0),
    of,
  };
}
