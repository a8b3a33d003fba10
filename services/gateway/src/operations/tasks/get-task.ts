import type { TaskDetails } from '@boomerang/domain';
import type { Operation } from '../operation.js';
import { noSuchTask } from './no-such-task.js';

/** A task of the caller's client. Rejects with `not_found` when it has no such task. */
export const getTask: Operation<string, TaskDetails> = {
  permission: 'read',
  changes: false,
  async run({ tasks }, { clientId }, taskId) {
    const task = await tasks.get(clientId, taskId);
    if (!task) throw noSuchTask(taskId);
    return task;
  },
};
