import { type SubmissionRequest, validateSubmission } from '@boomerang/domain';
import type { Operation } from '../operation.js';

/** What a submitted task is called: by its client's own name, or by its id where it has none. */
export interface SubmitAnswer {
  readonly name: string;
}

/** Submits a task that a daemon is to carry out. The same name with the same content again is the same task. */
export const submitExecution: Operation<SubmissionRequest, SubmitAnswer> = {
  permission: 'register',
  changes: true,
  counted: 'registered',
  async run({ executions, requireRoom, admit, signal }, { clientId }, request) {
    const submission = validateSubmission(request);
    const payloadBytes = JSON.stringify(request.payload).length;
    requireRoom(payloadBytes);
    await admit(clientId, { count: 1, payloadBytes, repeatIntervalMs: 0 });
    const { taskId } = await executions.submit(clientId, submission, signal);
    return { name: request.name === '' ? taskId : request.name };
  },
};
