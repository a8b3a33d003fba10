import type { Session, TaskDetails, TaskStore } from '@boomerang/domain';
import { noSuchTask } from './no-such-task.js';

/** @throws BoomerangError `not_found` when the session's client has no such task. */
export async function getTask(tasks: TaskStore, session: Session, taskId: string): Promise<TaskDetails> {
  const task = await tasks.get(session.clientId, taskId);
  if (!task) throw noSuchTask(taskId);
  return task;
}
