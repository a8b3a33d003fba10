import {
  invalidField,
  type PolicyStore,
  quote,
  type Submission,
  type SubmissionRequest,
  validateSubmission,
} from '@boomerang/domain';
import type { Operation, OperationContext } from '../operation.js';

/** What a submitted task is called: by its client's own name, or by its id where it has none. */
export interface SubmitAnswer {
  readonly name: string;
}

/** Submits a task that a daemon is to carry out. The same name with the same content again is the same task. */
export const submitExecution: Operation<SubmissionRequest, SubmitAnswer> = {
  permission: 'register',
  changes: true,
  counted: 'registered',
  async run(context, { clientId }, request) {
    const submission = await admitSubmission(context, clientId, request);
    const { taskId } = await context.executions.submit(clientId, submission, context.signal);
    return { name: request.name === '' ? taskId : request.name };
  },
};

/** @throws BoomerangError when it is not valid, or its client's limits leave no room for it. */
export async function admitSubmission(
  { requireRoom, admit, policies }: OperationContext,
  clientId: string,
  request: SubmissionRequest,
): Promise<Submission> {
  const submission = validateSubmission(request);
  const payloadBytes = JSON.stringify(request.payload).length;
  requireRoom(payloadBytes);
  const { repeatIntervalMs } = submission;
  await admit(clientId, {
    count: 1,
    payloadBytes,
    repeatIntervalMs,
    recursBy: 'metadata.repeat_interval_ms',
  });
  return withNamedPolicy(policies, clientId, submission);
}

/** Looked up at the submission: a change of the policy later does not touch the task. */
async function withNamedPolicy(
  policies: Pick<PolicyStore, 'get'>,
  clientId: string,
  submission: Submission,
): Promise<Submission> {
  const { policyName } = submission;
  if (policyName === undefined) return submission;
  const named = await policies.get(clientId, policyName);
  if (!named) {
    const problem = `there is none of the name ${quote(policyName)}`;
    throw invalidField('metadata.policy', problem, 'the name of a stored policy');
  }
  return { ...submission, policy: { ...named.policy, callback: undefined } };
}
