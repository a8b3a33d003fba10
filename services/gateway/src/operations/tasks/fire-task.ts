import type { ChangedTask } from '@boomerang/domain';
import type { Operation } from '../operation.js';
import { changedTask } from './changed-task.js';

/**
 * Fires a task of the caller's client now; of a recurring one an occurrence more, beside its schedule. It counts as a registration where
 * the client's limits are concerned.
 */
export const fireTask: Operation<string, ChangedTask> = {
  permission: 'manage',
  changes: true,
  async run({ tasks, admit }, { clientId }, taskId) {
    await admit(clientId, { count: 0, payloadBytes: 0, repeatIntervalMs: 0 });
    return changedTask(taskId, await tasks.fire(clientId, taskId));
  },
};
