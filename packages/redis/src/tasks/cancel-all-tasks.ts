import type { RedisConnection } from '../connection/connection.js';
import type { RunScript } from '../engine/scripts.js';
import type { PartitionKeys } from '../partitions/keys.js';

/** Tasks that one step cancels. */
const STEP = 500;
/** Retention of the cancelled tasks, ms: their client is removed, so nobody can ask for them. */
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

/**
 * Cancels all tasks of a client, step by step. Those that a daemon executes stay until their execution ends.
 *
 * @throws when one can't be cancelled.
 */
export async function cancelAllTasks(
  redis: RedisConnection,
  run: RunScript,
  partitions: readonly PartitionKeys[],
  clientId: string,
): Promise<{ tasks: number; attemptsUnderWay: number }> {
  let [tasks, attemptsUnderWay] = [0, 0];
  for (const keys of partitions) {
    const seen = new Set<string>();
    for (;;) {
      // Only executions that still run are listed again, so the next page begins with no more than these.
      const last = String(seen.size + STEP - 1);
      const listed = await redis.zrange(keys.clientPrefix + clientId, '0', last);
      const taskIds = listed.filter((taskId) => !seen.has(taskId));
      if (taskIds.length === 0) break;
      const replies = await Promise.all(taskIds.map((taskId) => cancel(run, keys, clientId, taskId)));
      for (const { taskId, mayStay } of replies) if (mayStay) seen.add(taskId);
      tasks += replies.filter(({ cancelled }) => cancelled).length;
      attemptsUnderWay += replies.filter(({ underWay }) => underWay).length;
    }
  }
  return { tasks, attemptsUnderWay };
}

async function cancel(run: RunScript, keys: PartitionKeys, clientId: string, taskId: string) {
  const [state, underWay] = (await run('cancel', keys, [taskId, clientId, RETENTION_MS])) as number[];
  if (state !== undefined) {
    const cancelled = state === 0;
    return { taskId, cancelled, underWay: underWay === 1, mayStay: !cancelled || underWay === 1 };
  }
  throw new Error(`task ${taskId} of client ${clientId} is listed, but not there`);
}
