import { type ExecutionOutput, invalidField, requireWholeNumber } from '@boomerang/domain';
import type { Operation } from '../operation.js';
import { noSuchTask } from '../tasks/no-such-task.js';

export interface ExecutionOutputRequest {
  /** The client's own name of the task, or its id. */
  readonly name: string;
  /** Both 0 = those of the latest execution that wrote anything. */
  readonly occurrence: number;
  readonly attempt: number;
  /** Pieces before this one are left out. */
  readonly fromSequence: number;
}

/** What an execution of the caller's task has written: the last 256 KiB of it, for 24 hours. */
export const getExecutionOutput: Operation<ExecutionOutputRequest, ExecutionOutput> = {
  permission: 'read',
  changes: false,
  async run({ executions, signal }, { clientId }, { name, occurrence, attempt, fromSequence }) {
    requireWholeNumber('occurrence', occurrence, 0, Number.MAX_SAFE_INTEGER);
    requireWholeNumber('attempt', attempt, 0, Number.MAX_SAFE_INTEGER);
    requireWholeNumber('fromSequence', fromSequence, 0, Number.MAX_SAFE_INTEGER);
    if ((occurrence === 0) !== (attempt === 0)) {
      throw invalidField('attempt', `${attempt} with occurrence ${occurrence}`, 'both, or none of the two');
    }
    const of = attempt === 0 ? undefined : { occurrence, attempt };
    const output = await executions.output(clientId, name, { of, fromSequence }, signal);
    if (!output) throw noSuchTask(name);
    return output;
  },
};
