import { BoomerangError } from '@boomerang/domain';

/** Said alike of tasks that never were, that ended long ago, and that belong to another client. */
export function noSuchTask(taskId: string): BoomerangError {
  return new BoomerangError('not_found', `task_id: no such task ${JSON.stringify(taskId.slice(0, 80))}`);
}
