import type { ExecutionDetails } from '@boomerang/domain';
import type { Operation } from '../operation.js';
import { noSuchTask } from '../tasks/no-such-task.js';

/** A task by its client's own name, or by its id. */
export const getExecution: Operation<string, ExecutionDetails> = {
  permission: 'read',
  changes: false,
  async run({ executions, signal }, { clientId }, name) {
    const task = await executions.get(clientId, name, signal);
    if (!task) throw noSuchTask(name);
    return task;
  },
};
