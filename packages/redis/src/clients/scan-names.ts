import { Cluster, type Redis } from 'ioredis';
import type { RedisConnection } from '../connection/connection.js';

/** Keys that one step looks at: about a millisecond of Redis's time. */
const STEP = 1_000;

/**
 * Names of all keys that match, in batches. It goes through the whole keyspace in short steps, on every primary of a
 * Cluster; a name may come twice.
 */
export async function* scanNames(redis: RedisConnection, pattern: string): AsyncGenerator<string[]> {
  const nodes = redis instanceof Cluster ? redis.nodes('master') : [redis];
  for (const node of nodes) yield* scanNode(node, pattern);
}

async function* scanNode(node: Redis, pattern: string): AsyncGenerator<string[]> {
  let cursor = '0';
  do {
    const [next, names] = await node.scan(cursor, 'MATCH', pattern, 'COUNT', STEP);
    cursor = next;
    if (names.length > 0) yield names;
  } while (cursor !== '0');
}
