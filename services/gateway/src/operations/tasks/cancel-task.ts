import { BoomerangError, type Session, type TaskStore } from '@boomerang/domain';
import { noSuchTask } from './no-such-task.js';

/**
 * Cancels a task of the session's client; cancelling it again is no error. Whether an attempt is under way.
 *
 * @throws BoomerangError `not_found` when there is no such task, `already_ended` when it had ended otherwise.
 */
export async function cancelTask(tasks: TaskStore, session: Session, taskId: string): Promise<boolean> {
  const result = await tasks.cancel(session.clientId, taskId);
  switch (result.kind) {
    case 'cancelled':
      return result.attemptUnderWay;
    case 'ended':
      if (result.state === 'cancelled') return false;
      throw new BoomerangError('already_ended', `task ${taskId} has ended already: ${result.state}`);
    case 'not_found':
      throw noSuchTask(taskId);
  }
}
