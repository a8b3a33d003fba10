import {
  BoomerangError,
  type ChangedTask,
  type ChangeRefusal,
  type ChangeResult,
  invalidField,
} from '@boomerang/domain';
import { noSuchTask } from './no-such-task.js';

type Told = (taskId: string) => BoomerangError;

const conflict =
  (why: string): Told =>
  (taskId) =>
    new BoomerangError('conflict', `task ${taskId} ${why}`);

const REFUSALS: Readonly<Record<Exclude<ChangeRefusal, 'datagram'>, Told>> = {
  begun: conflict('is being delivered: its firing has begun, so nothing was changed'),
  paused: conflict('is paused; resume it first'),
  execution: conflict('is a Spage execution, which can only be cancelled'),
  once: () =>
    new BoomerangError('invalid_request', (spell) => {
      return `the task fires once; allowed with a recurring task only: ${spell('repeatIntervalMs')}, ${spell('newPhase')}`;
    }),
  recurs: () =>
    invalidField('repeatIntervalMs', '0', 'an interval, as a task that recurs can not be made to fire once'),
  calendar: () =>
    new BoomerangError('invalid_request', (spell) => {
      return `the task recurs by a calendar; not allowed with it: ${spell('repeatIntervalMs')}, ${spell('newPhase')}`;
    }),
};

/**
 * What is told of a task after a change.
 *
 * @throws BoomerangError `not_found`, `already_ended`, or why it was refused.
 */
export function changedTask(taskId: string, result: Exclude<ChangeResult, { why: 'datagram' }>): ChangedTask {
  switch (result.kind) {
    case 'done': {
      const { occurrence, dueMs, attemptUnderWay } = result;
      return { occurrence, dueMs, attemptUnderWay };
    }
    case 'refused':
      throw REFUSALS[result.why as keyof typeof REFUSALS](taskId);
    case 'ended':
      throw new BoomerangError('already_ended', `task ${taskId} has ended already: ${result.state}`);
    case 'not_found':
      throw noSuchTask(taskId);
  }
}
