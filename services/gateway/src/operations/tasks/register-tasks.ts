import {
  BoomerangError,
  type DeliveryPolicy,
  type RegisteredTask,
  type TaskRequest,
} from '@boomerang/domain';
import { countDone, type Outcome, requireBatch } from '../batch.js';
import type { Operation } from '../operation.js';
import { type AdmittedTask, admitTask } from './register-task.js';

/** A task of a batch. */
export interface BatchItem {
  readonly request: TaskRequest;
  /** What holds for it alone, in the place of the caller's own. */
  readonly policy?: DeliveryPolicy | undefined;
}

/**
 * Registers tasks, each as `registerTask` does, and answers in their order: one that is refused, or was no task to begin with, leaves
 * the others alone. Rejects if there are none, or more than 1,000.
 */
export const registerTasks: Operation<readonly Outcome<BatchItem>[], readonly Outcome<RegisteredTask>[]> = {
  permission: 'register',
  changes: true,
  counted: 'registered',
  times: countDone,
  async run(context, caller, items) {
    requireBatch('tasks', items);
    let clock: Promise<number> | undefined;
    const now = () => {
      clock ??= context.tasks.now();
      return clock;
    };
    const admitted: Outcome<AdmittedTask>[] = [];
    // One after the other, so that a limit lets in those that come first.
    for (const item of items) {
      admitted.push(
        await outcomeOf(async () => {
          if (item instanceof BoomerangError) throw item;
          return admitTask(context, { ...caller, policy: item.policy ?? caller.policy }, item.request, now);
        }),
      );
    }
    return Promise.all(
      admitted.map((one) =>
        one instanceof BoomerangError
          ? one
          : outcomeOf(() => context.tasks.register(caller.clientId, one.policy, one.task)),
      ),
    );
  },
};

/** What is no refusal but a fault of this process is told of the whole batch, so that it is logged. */
async function outcomeOf<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof BoomerangError && error.code !== 'internal') return error;
    throw error;
  }
}
