import { BoomerangError, invalidField, type Submission, type SubmissionRequest } from '@boomerang/domain';
import { countDone, type Outcome, requireBatch } from '../batch.js';
import type { Operation } from '../operation.js';
import { admitSubmission, type SubmitAnswer } from './submit-execution.js';

/** A submission, or why it is none. */
export type BatchItem = SubmissionRequest | { readonly name: string; readonly refusal: BoomerangError };

/**
 * Submits tasks, each as `submitExecution` does: one that is refused, or was no submission to begin with, leaves the others
 * alone. Items with the same name are refused, for which of them is meant is not known.
 */
export const submitExecutions: Operation<readonly BatchItem[], Outcome<SubmitAnswer>[]> = {
  permission: 'register',
  changes: true,
  counted: 'registered',
  times: countDone,
  async run(context, { clientId }, requests) {
    requireBatch('tasks', requests);
    const twice = namedTwice(requests);
    const results: Outcome<SubmitAnswer>[] = [];
    const admitted: { place: number; submission: Submission }[] = [];
    for (const [place, request] of requests.entries()) {
      try {
        if ('refusal' in request) throw request.refusal;
        refuseNamedTwice(request, twice);
        admitted.push({ place, submission: await admitSubmission(context, clientId, request) });
      } catch (error) {
        results[place] = BoomerangError.from(error);
      }
    }
    const submissions = admitted.map(({ submission }) => submission);
    const refusedNames = new Set(results.map((_, place) => requests[place]?.name ?? '').filter(Boolean));
    const { executions, signal } = context;
    const submitted = await executions.submitAll(clientId, submissions, signal, refusedNames);
    submitted.forEach((task, i) => {
      const { place, submission } = admitted[i] as (typeof admitted)[number];
      if (task instanceof BoomerangError) results[place] = task;
      else results[place] = { name: submission.name === '' ? task.taskId : submission.name };
    });
    return results;
  },
};

/** Places of the items whose name others have as well, by name. */
function namedTwice(requests: readonly BatchItem[]): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>();
  requests.forEach(({ name }, place) => {
    if (name !== '') places.set(name, [...(places.get(name) ?? []), place]);
  });
  return new Map([...places].filter(([, of]) => of.length > 1));
}

function refuseNamedTwice({ name }: SubmissionRequest, twice: ReadonlyMap<string, readonly number[]>): void {
  const places = twice.get(name);
  if (!places) return;
  const of = places.slice(0, 5).map((place) => `tasks[${place}]`);
  throw invalidField('taskId', `${of.join(', ')} have it`, 'a name of its own for each task of a batch');
}
