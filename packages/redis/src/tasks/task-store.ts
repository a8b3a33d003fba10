import {
  type CancelResult,
  partitionOf,
  type TaskCursor,
  type TaskDetails,
  type TaskFilter,
  type TaskPage,
  type TaskStore,
} from '@boomerang/domain';
import { unwrapRedisErrors } from '../connection/redis-error.js';
import type { RunScript } from '../engine/scripts.js';
import { endState } from '../layout/task-state-codes.js';
import { NamedRegistrar, type NamedSettings } from '../names/named-registrar.js';
import type { PartitionKeys } from '../partitions/keys.js';
import type { PartitionMap } from '../partitions/partition-map.js';
import { changeArguments, changeTask } from './change-task.js';
import { listTasks } from './list-tasks.js';
import { readTasks } from './read-tasks.js';
import { RegistrationBatcher } from './registration-batcher.js';

export function createTaskStore(
  run: RunScript,
  partitions: PartitionMap,
  settings: NamedSettings,
): TaskStore {
  const batcher = new RegistrationBatcher(run, partitions.written, settings);
  const named = new NamedRegistrar(run, partitions, settings);
  const keysOf = (taskId: string) => unwrapRedisErrors(partitions.find(partitionOf(taskId)));

  return {
    register(clientId, policy, request) {
      const { idempotencyKey } = request;
      if (idempotencyKey === undefined) return batcher.register(clientId, policy, request);
      return named.register(clientId, policy, request, idempotencyKey);
    },

    async now() {
      const [seconds, microseconds] = (await unwrapRedisErrors(
        run('first-due', partitions.written[0] as PartitionKeys, []),
      )) as [number, number];
      return seconds * 1_000 + microseconds / 1_000;
    },

    async cancel(clientId: string, taskId: string): Promise<CancelResult> {
      const keys = await keysOf(taskId);
      if (!keys) return { kind: 'not_found' };
      const reply = await unwrapRedisErrors(run('cancel', keys, [taskId, clientId, settings.retentionMs]));
      return cancelResult(reply as number[]);
    },

    async reschedule(clientId, taskId, change, mostOverUdp) {
      const place = { keys: await keysOf(taskId), clientId, taskId };
      return changeTask(run, settings.sliceMs, 'reschedule', place, changeArguments(change, mostOverUdp));
    },
    pause: async (clientId, taskId) =>
      changeTask(run, settings.sliceMs, 'pause', { keys: await keysOf(taskId), clientId, taskId }),
    resume: async (clientId, taskId) =>
      changeTask(run, settings.sliceMs, 'resume', { keys: await keysOf(taskId), clientId, taskId }),
    fire: async (clientId, taskId) =>
      changeTask(run, settings.sliceMs, 'fire', { keys: await keysOf(taskId), clientId, taskId }),

    async get(clientId: string, taskId: string): Promise<TaskDetails | undefined> {
      const keys = await keysOf(taskId);
      if (!keys) return undefined;
      const [task] = await unwrapRedisErrors(readTasks(run, keys, clientId, [taskId], EVERYTHING));
      return task;
    },

    list: (clientId: string, filter: TaskFilter, limit: number, after?: TaskCursor): Promise<TaskPage> =>
      unwrapRedisErrors(partitions.all().then((all) => listTasks(run, all, clientId, filter, limit, after))),
  };
}

const EVERYTHING = { mostBytes: Number.MAX_SAFE_INTEGER, withAttempts: true };

function cancelResult([first, second]: number[]): CancelResult {
  if (first === undefined) return { kind: 'not_found' };
  if (first === 0) return { kind: 'cancelled', attemptUnderWay: second === 1 };
  return { kind: 'ended', state: endState(first) };
}
