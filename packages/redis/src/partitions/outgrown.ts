import { setTimeout as sleep } from 'node:timers/promises';
import type { RedisConnection } from '../connection/connection.js';
import { readPartitionCounts } from './partition-counts.js';

/** A check of liveness has to be answered within two seconds. */
const ANSWER_LIMIT_MS = 1_000;

/**
 * Why a process that looks after the first `known` partitions has to be restarted; undefined if it need not, or if Redis
 * doesn't answer. That happens only to a process that was cut off from Redis while the count was raised.
 */
export async function outgrown(redis: RedisConnection, known: number): Promise<string | undefined> {
  const counts = await Promise.race([
    readPartitionCounts(redis).catch(() => undefined),
    sleep(ANSWER_LIMIT_MS, undefined, { ref: false }),
  ]);
  if (!counts || counts.written <= known) return undefined;
  return `tasks are written to ${counts.written} partitions, and this process looks after ${known}: start it again`;
}
