import { Cluster, type Redis } from 'ioredis';
import type { RedisConnection } from './connection.js';

const ANSWER_LIMIT_MS = 1_000;

/**
 * Asks the one Redis, or every primary of a Cluster, at the same time.
 *
 * @throws when one is out of reach, refuses, or has not answered within a second.
 */
export async function primaries<T>(
  connection: RedisConnection,
  ask: (node: Redis) => Promise<T>,
): Promise<T[]> {
  const nodes = connection instanceof Cluster ? connection.nodes('master') : [connection];
  if (connection.status !== 'ready' || nodes.length === 0) throw new Error('redis is out of reach');
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new Error(`redis has not answered within ${ANSWER_LIMIT_MS} ms`);
    timer = setTimeout(() => reject(error), ANSWER_LIMIT_MS);
  });
  const answers = Promise.all(nodes.map((node) => ask(node as Redis)));
  return Promise.race([answers, late]).finally(() => clearTimeout(timer));
}
