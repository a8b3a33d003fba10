import type { RedisConnection } from '../connection/connection.js';
import type { RunScript } from '../engine/scripts.js';
import type { PartitionKeys } from '../partitions/keys.js';

/** Tasks that one step cancels. */
const STEP = 500;
/** Nobody is left who could ask for a cancelled task, ms. */
const RETENTION_MS = 1;

/** Tasks of a client that have not ended. */
export async function countTasks(
  redis: RedisConnection,
  partitions: readonly PartitionKeys[],
  clientId: string,
): Promise<number> {
  const counts = await Promise.all(partitions.map((keys) => redis.zcard(keys.clientPrefix + clientId)));
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Cancels all tasks of a client, step by step. @throws when one can't be cancelled. */
export async function cancelAllTasks(
  redis: RedisConnection,
  run: RunScript,
  partitions: readonly PartitionKeys[],
  clientId: string,
): Promise<{ tasks: number; attemptsUnderWay: number }> {
  let [tasks, attemptsUnderWay] = [0, 0];
  for (const keys of partitions) {
    for (;;) {
      const taskIds = await redis.zrange(keys.clientPrefix + clientId, '0', String(STEP - 1));
      if (taskIds.length === 0) break;
      const replies = (await Promise.all(
        taskIds.map((taskId) => run('cancel', keys, [taskId, clientId, RETENTION_MS])),
      )) as number[][];
      const cancelled = replies.filter(([state]) => state === 0);
      tasks += cancelled.length;
      attemptsUnderWay += cancelled.filter(([, underWay]) => underWay === 1).length;
      const stuck = replies.findIndex(([state]) => state === undefined);
      if (stuck !== -1)
        throw new Error(`task ${taskIds[stuck]} of client ${clientId} is listed, but not there`);
    }
  }
  return { tasks, attemptsUnderWay };
}
