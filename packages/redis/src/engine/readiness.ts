import { describeDenials } from '../access/denial.js';
import { tryPartition } from '../access/try-partition.js';
import type { RedisConnection } from '../connection/connection.js';
import { describeTrouble, troubleWith, WOULD_WRITE } from '../connection/server-health.js';
import { type PartitionKeys, scriptKeys } from '../partitions/keys.js';

/** Partitions that one probe tries, so that a probe costs no more with thousands of partitions. */
const AT_A_TIME = 64;

/** How often the permissions of the Redis user are tried in one partition, ms. */
const ACCESS_EVERY_MS = 60_000;

/** Why some writes would fail now; undefined if all would succeed. */
export type Readiness = () => Promise<string | undefined>;

/**
 * Each call tries every primary. It also runs a script in partitions, because a single partition may refuse writes: its
 * slot is being moved to another node, or no node serves it. If there are many partitions, each call tries the next ones,
 * and those that failed before. Once a minute the permissions of the user are tried in one partition, each in its turn.
 *
 * @param user of Redis, for messages.
 */
export function createReadiness(
  connection: RedisConnection,
  partitions: () => Promise<readonly PartitionKeys[]>,
  user: string,
): Readiness {
  const failing = new Set<number>();
  let next = 0;
  let accessNext = 0;
  let accessTriedAt = Number.NEGATIVE_INFINITY;

  async function tryAccess(all: readonly PartitionKeys[]): Promise<string | undefined> {
    if (performance.now() - accessTriedAt < ACCESS_EVERY_MS) return undefined;
    const denials = await tryPartition(connection, all[accessNext % all.length] as PartitionKeys);
    if (denials.length > 0) return describeDenials(user, denials);
    accessTriedAt = performance.now();
    accessNext++;
    return undefined;
  }

  async function tryToWrite(partition: number, keys: PartitionKeys): Promise<string | undefined> {
    try {
      const names = scriptKeys(keys);
      await connection.eval(WOULD_WRITE, names.length, ...names);
      failing.delete(partition);
      return undefined;
    } catch (error) {
      failing.add(partition);
      return `partition ${partition} can't be written: ${describeTrouble(error)}`;
    }
  }

  return async () => {
    const trouble = await troubleWith(connection);
    if (trouble !== undefined) return trouble;
    const all = await partitions();
    const inTurn = Array.from({ length: Math.min(AT_A_TIME, all.length) }, (_, i) => (next + i) % all.length);
    next = (next + inTurn.length) % all.length;
    const troubles = [...new Set([...failing, ...inTurn])].map((partition) => {
      return tryToWrite(partition, all[partition] as PartitionKeys);
    });
    return (await Promise.all(troubles)).find((found) => found !== undefined) ?? tryAccess(all);
  };
}
