import type { RedisConnection } from '../connection/connection.js';
import type { RunScript } from '../engine/scripts.js';
import type { PartitionKeys } from '../partitions/keys.js';

/** Dead letters that one step purges. */
const STEP = 200;
/** Replies of the script. */
const [PURGED, NOT_FORWARDED] = [1, 2];

export async function countDeadLetters(
  redis: RedisConnection,
  partitions: readonly PartitionKeys[],
  clientId: string,
): Promise<number> {
  const counts = await Promise.all(partitions.map((keys) => redis.xlen(keys.deadLetterPrefix + clientId)));
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Purges all dead letters of a client, step by step, also those that wait to be forwarded. */
export async function purgeAllDeadLetters(
  redis: RedisConnection,
  run: RunScript,
  partitions: readonly PartitionKeys[],
  clientId: string,
): Promise<{ deadLetters: number; notForwarded: number }> {
  let [deadLetters, notForwarded] = [0, 0];
  for (const keys of partitions) {
    for (;;) {
      const entries = await redis.xrange(keys.deadLetterPrefix + clientId, '-', '+', 'COUNT', STEP);
      if (entries.length === 0) break;
      const purge = async (ids: readonly string[], evenNotForwarded: 0 | 1) => {
        if (ids.length === 0) return [];
        const outcomes = (await run('purge-dead-letters', keys, [
          clientId,
          evenNotForwarded,
          ...ids,
        ])) as number[];
        deadLetters += outcomes.filter((outcome) => outcome === PURGED).length;
        return ids.filter((_, i) => outcomes[i] === NOT_FORWARDED);
      };
      const waiting = await purge(
        entries.map(([id]) => id),
        0,
      );
      notForwarded += waiting.length;
      await purge(waiting, 1);
    }
  }
  return { deadLetters, notForwarded };
}
