import { BoomerangError } from '@boomerang/domain';
import type { Operation } from '../operation.js';
import { noSuchTask } from './no-such-task.js';

/**
 * Cancels a task of the caller's client; cancelling it again is no error. Whether an attempt is under way.
 *
 * Rejects with `not_found` when there is no such task, `already_ended` when it had ended otherwise.
 */
export const cancelTask: Operation<string, boolean> = {
  permission: 'manage',
  changes: true,
  counted: 'cancelled',
  async run({ tasks }, { clientId }, taskId) {
    const result = await tasks.cancel(clientId, taskId);
    switch (result.kind) {
      case 'cancelled':
        return result.attemptUnderWay;
      case 'ended':
        if (result.state === 'cancelled') return false;
        throw new BoomerangError('already_ended', `task ${taskId} has ended already: ${result.state}`);
      case 'not_found':
        throw noSuchTask(taskId);
    }
  },
};
