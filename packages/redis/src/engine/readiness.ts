import type { RedisConnection } from '../connection/connection.js';
import { describeTrouble, troubleWith, WOULD_WRITE } from '../connection/server-health.js';
import { type PartitionKeys, scriptKeys } from '../partitions/keys.js';

/** So many partitions are tried at a time, so that a probe costs no more with thousands of them. */
const AT_A_TIME = 64;

/** Why not everything can be written just now; undefined when it can. */
export type Readiness = () => Promise<string | undefined>;

/**
 * Each call tries every primary, and with a script of each partition what keeps one of those alone from being written: its
 * slot is on its way to another node, or nobody serves it. Where partitions are many, each call tries the next ones, and
 * those that have failed before.
 */
export function createReadiness(
  connection: RedisConnection,
  partitions: () => Promise<readonly PartitionKeys[]>,
): Readiness {
  const failing = new Set<number>();
  let next = 0;

  async function tryPartition(partition: number, keys: PartitionKeys): Promise<string | undefined> {
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
      return tryPartition(partition, all[partition] as PartitionKeys);
    });
    return (await Promise.all(troubles)).find((found) => found !== undefined);
  };
}
