import { BoomerangError } from '@boomerang/domain';

/** Said alike of tasks that never were, that ended long ago, and that belong to another client. */
export function noSuchTask(taskId: string): BoomerangError {
  const asked = JSON.stringify(taskId.slice(0, 80));
  return new BoomerangError('not_found', (spell) => `${spell('taskId')}: no such task ${asked}`, {
    field: 'taskId',
  });
}
