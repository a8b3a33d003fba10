import { boomerang } from '@boomerang/protocol';
import { checkOptions, type OptionNames } from '../arguments/check-options.js';
import { checkFlag, checkText } from '../arguments/check-values.js';
import { invalidArgument } from '../arguments/invalid-argument.js';
import type { Bytes } from '../arguments/to-bytes.js';
import type { Connection } from '../connection/connection.js';
import { requestAnswer } from '../connection/request-answer.js';
import type { RequestOptions } from '../connection/request-options.js';
import { checkDelay, checkInterval, checkPayload, checkTime } from './to-task.js';

/** What is to become of a task. What is absent stays as it is. */
export interface TaskChange {
  /** Milliseconds from now to the next occurrence, 0 to 315,576,000,000 (ten years). */
  readonly delayMs?: number;
  /** When the next occurrence is due, in the place of `delayMs`: a Date, or Unix epoch ms. A time that has passed means at once. */
  readonly at?: Date | number;
  /** Milliseconds between two occurrences of a recurring task, from the next one on: 100 to 315,576,000,000 (ten years). */
  readonly intervalMs?: number;
  /** As for `setTimeout`. */
  readonly payload?: Bytes;
  /**
   * Whether the interval of a recurring task counts from the new time on. Default false: only the next occurrence is moved, and those
   * behind it stay in the task's phase.
   */
  readonly newPhase?: boolean;
}

/** A task after a change. */
export interface ChangedTask {
  /** The next occurrence; after `fire`, the one that was fired. From 1. */
  readonly occurrence: number;
  /** When it is due, Unix epoch ms by the service's clock. */
  readonly dueMs: number;
}

export interface PausedTask extends ChangedTask {
  /** Whether an attempt was under way, which may still arrive. */
  readonly attemptUnderWay: boolean;
}

/** What can be done with a task that has not ended. */
export interface TaskChanges {
  /**
   * Changes a task in one step. Rejects with the code `conflict` if a firing has begun that it comes too late for: of a task that fires
   * once nothing is changed from its first attempt on. Of a recurring one the next occurrence is changed.
   */
  reschedule(taskId: string, change: TaskChange, options?: RequestOptions): Promise<ChangedTask>;
  /** Begins no attempt of the task until it is resumed. Pausing it again is no error. */
  pause(taskId: string, options?: RequestOptions): Promise<PausedTask>;
  /**
   * Lets a paused task go on. What a recurring task would have done meanwhile is left out; a task that fires once is due as before, at
   * once if that time has passed.
   */
  resume(taskId: string, options?: RequestOptions): Promise<PausedTask>;
  /**
   * Fires a task now. A task that fires once is due now, or its retry; of a recurring one an occurrence more is, and its schedule stays as
   * it was. Rejects with the code `conflict` if the task is paused, or fires once and is under way.
   */
  fire(taskId: string, options?: RequestOptions): Promise<ChangedTask>;
}

const { Action } = boomerang.PauseResumeRequest;
const CHANGE_NAMES: OptionNames<TaskChange> = {
  delayMs: true,
  at: true,
  intervalMs: true,
  payload: true,
  newPhase: true,
};
export const TASK_ID = "a task's id, as its registration told it";

export function createTaskChanges(connection: Connection, sessionId: string): TaskChanges {
  async function setPaused(taskId: string, action: number, options?: RequestOptions): Promise<PausedTask> {
    const request = {
      sessionId,
      pauseResumeRequest: { taskId: checkText('taskId', taskId, TASK_ID), action },
    };
    const answer = await requestAnswer(connection, request, 'pauseResumeResponse', options);
    return { ...toChanged(answer), attemptUnderWay: answer.attemptUnderWay ?? false };
  }

  return {
    async reschedule(taskId, change, options) {
      const rescheduleRequest = { taskId: checkText('taskId', taskId, TASK_ID), ...toWireChange(change) };
      const request = { sessionId, rescheduleRequest };
      return toChanged(await requestAnswer(connection, request, 'rescheduleResponse', options));
    },
    pause: (taskId, options) => setPaused(taskId, Action.PAUSE, options),
    resume: (taskId, options) => setPaused(taskId, Action.RESUME, options),
    async fire(taskId, options) {
      const request = { sessionId, fireRequest: { taskId: checkText('taskId', taskId, TASK_ID) } };
      return toChanged(await requestAnswer(connection, request, 'fireResponse', options));
    },
  };
}

interface Changed {
  readonly occurrence?: number | null;
  readonly scheduledTimeMs?: number | null;
}

function toChanged({ occurrence, scheduledTimeMs }: Changed): ChangedTask {
  return { occurrence: occurrence ?? 0, dueMs: scheduledTimeMs ?? 0 };
}

/** @throws BoomerangClientError `INVALID_REQUEST`. */
function toWireChange(change: TaskChange): boomerang.RescheduleRequest.$Properties {
  checkOptions('change', change, CHANGE_NAMES);
  const { delayMs, at, intervalMs, payload, newPhase } = change;
  if ((delayMs ?? at ?? intervalMs ?? payload) === undefined)
    throw invalidArgument('change', 'it changes nothing', 'one or more of delayMs, at, intervalMs, payload');
  return {
    ...(delayMs !== undefined && { delayMs: checkDelay(delayMs) }),
    ...(at !== undefined && { atMs: checkTime('at', at) }),
    ...(intervalMs !== undefined && { repeatIntervalMs: checkInterval(intervalMs) }),
    ...(payload !== undefined && { payload: checkPayload(payload) }),
    ...(newPhase !== undefined && { newPhase: checkFlag('newPhase', newPhase) }),
  };
}
