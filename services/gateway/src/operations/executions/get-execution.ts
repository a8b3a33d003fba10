import { BoomerangError, type ExecutionDetails } from '@boomerang/domain';
import { type Outcome, requireBatch } from '../batch.js';
import type { Operation } from '../operation.js';
import { noSuchTask } from '../tasks/no-such-task.js';

/** Of what a batch answers at most, bytes of payloads and reports: gRPC clients take no message above 4 MiB by default. */
const MOST_BYTES = 3 * 1_048_576;

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

/** Tasks by their names or ids, as far as they fit into one answer. */
export const getExecutions: Operation<readonly string[], Outcome<ExecutionDetails>[]> = {
  permission: 'read',
  changes: false,
  async run({ executions, signal }, { clientId }, names) {
    requireBatch('taskIds', names);
    const read = await executions.getAll(clientId, names, MOST_BYTES, signal);
    let bytes = 0;
    return read.map((task, place) => {
      if (task instanceof BoomerangError) return task;
      if (task === 'not_found') return noSuchTask(names[place] as string);
      bytes += task === 'too_much' ? 0 : sizeOf(task);
      return task === 'too_much' || (bytes > MOST_BYTES && place > 0) ? doesNotFit() : task;
    });
  },
};

function sizeOf({ payload, result, error }: ExecutionDetails): number {
  return JSON.stringify([payload, result, error]).length;
}

function doesNotFit(): BoomerangError {
  const problem = `the answer would exceed ${MOST_BYTES} bytes with it: ask for it in a call of its own`;
  return new BoomerangError('exhausted', problem);
}
