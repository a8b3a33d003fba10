import type { ChangedTask } from '@boomerang/domain';
import type { Operation } from '../operation.js';
import { changedTask } from './changed-task.js';

export interface SetPausedRequest {
  readonly taskId: string;
  readonly paused: boolean;
}

/**
 * Pauses a task of the caller's client, or lets it go on; what is so already is no error. An attempt that is under way goes on. Rejects with
 * `not_found` or `already_ended`.
 */
export const setPaused: Operation<SetPausedRequest, ChangedTask> = {
  permission: 'manage',
  changes: true,
  async run({ tasks }, { clientId }, { taskId, paused }) {
    const result = paused ? await tasks.pause(clientId, taskId) : await tasks.resume(clientId, taskId);
    return changedTask(taskId, result);
  },
};
