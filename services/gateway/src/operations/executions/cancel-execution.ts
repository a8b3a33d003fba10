import {
  BoomerangError,
  type CancelExecutionRequest,
  type CancelExecutionResult,
  invalidField,
} from '@boomerang/domain';
import { countDone, type Outcome, requireBatch } from '../batch.js';
import type { Operation } from '../operation.js';
import { noSuchTask } from '../tasks/no-such-task.js';

const MOST_REASON = 1_024;

/**
 * Cancels a task that waits or runs; cancelling it again is no error. Whether it runs: then its daemon is told to end it.
 */
export const cancelExecution: Operation<CancelExecutionRequest, boolean> = {
  permission: 'manage',
  changes: true,
  counted: 'cancelled',
  async run({ executions, signal }, { clientId }, request) {
    requireReason(request);
    const { name, reason } = request;
    return isRunning(name, await executions.cancel(clientId, name, reason, signal));
  },
};

/** Cancels tasks, each as `cancelExecution` does: one that is refused leaves the others alone. */
export const cancelExecutions: Operation<readonly CancelExecutionRequest[], Outcome<boolean>[]> = {
  permission: 'manage',
  changes: true,
  counted: 'cancelled',
  times: countDone,
  async run({ executions, signal }, { clientId }, requests) {
    requireBatch('tasks', requests);
    const refusals = requests.map((request) => outcomeOf(() => requireReason(request)));
    const asked = requests.filter((_, place) => refusals[place] === undefined);
    const results = (await executions.cancelAll(clientId, asked, signal)).values();
    return requests.map(({ name }, place) => {
      const refusal = refusals[place];
      return (
        refusal ?? outcomeOf(() => isRunning(name, results.next().value as Outcome<CancelExecutionResult>))
      );
    });
  },
};

function outcomeOf<T>(work: () => T): Outcome<T> {
  try {
    return work();
  } catch (error) {
    return BoomerangError.from(error);
  }
}

function requireReason({ reason }: CancelExecutionRequest): void {
  if (reason.length <= MOST_REASON) return;
  throw invalidField('reason', `${reason.length} characters`, `at most ${MOST_REASON}`);
}

function isRunning(name: string, result: Outcome<CancelExecutionResult>): boolean {
  if (result instanceof BoomerangError) throw result;
  if (result.kind === 'not_found') throw noSuchTask(name);
  if (result.kind === 'ended') {
    throw new BoomerangError('already_ended', `task ${name} has ended already: ${result.state}`);
  }
  return result.kind === 'cancelling';
}
