import { BoomerangError, invalidField } from '@boomerang/domain';
import type { Operation } from '../operation.js';
import { noSuchTask } from '../tasks/no-such-task.js';

export interface CancelExecutionRequest {
  /** The client's own name of the task, or its id. */
  readonly name: string;
  /** Why, for people: at most 1,024 characters. */
  readonly reason: string;
}

const MOST_REASON = 1_024;

/**
 * Cancels a task that waits or runs; cancelling it again is no error. Whether it runs: then its daemon is told to end it.
 */
export const cancelExecution: Operation<CancelExecutionRequest, boolean> = {
  permission: 'manage',
  changes: true,
  async run({ executions, signal }, { clientId }, { name, reason }) {
    if (reason.length > MOST_REASON) {
      throw invalidField('reason', `${reason.length} characters`, `at most ${MOST_REASON}`);
    }
    const result = await executions.cancel(clientId, name, reason, signal);
    if (result.kind === 'not_found') throw noSuchTask(name);
    if (result.kind === 'ended') {
      throw new BoomerangError('already_ended', `task ${name} has ended already: ${result.state}`);
    }
    return result.kind === 'cancelling';
  },
};
