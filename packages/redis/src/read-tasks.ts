import type { TaskDetails } from '@boomerang/domain';
import type { PartitionKeys } from './keys.js';
import type { RunScript } from './scripts.js';
import { taskState } from './task-state-codes.js';

type Standing = [] | [state: number, dueMs: number, intervalMs: number, occurrence: number, payload: Buffer];

/**
 * Tasks of one partition as their client may see them, in the order of `ids`, undefined for those that it has not. May be
 * shorter than `ids` once the payloads exceed `mostBytes`, but never empty unless `ids` is.
 */
export async function readTasks(
  run: RunScript,
  keys: PartitionKeys,
  clientId: string,
  ids: readonly string[],
  mostBytes: number,
): Promise<(TaskDetails | undefined)[]> {
  const reply = (await run('read-tasks', keys, [clientId, mostBytes, ...ids])) as Standing[];
  return reply.map(([state, dueMs, repeatIntervalMs, occurrence, payload], i) => {
    if (state === undefined || payload === undefined) return undefined;
    return {
      taskId: ids[i] as string,
      clientId,
      state: taskState(state),
      dueMs: dueMs as number,
      repeatIntervalMs: repeatIntervalMs as number,
      occurrence: occurrence as number,
      payload,
    };
  });
}
