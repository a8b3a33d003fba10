import type { boomerang } from '@boomerang/protocol';
import { checkOptions, type OptionNames } from '../arguments/check-options.js';
import { invalidArgument, unusable } from '../arguments/invalid-argument.js';
import type { Bytes } from '../arguments/to-bytes.js';
import { BoomerangClientError, requireOk } from '../connection/client-error.js';
import type { Connection } from '../connection/connection.js';
import { requestAnswer } from '../connection/request-answer.js';
import type { RequestOptions } from '../connection/request-options.js';
import { type CronOptions, TASK_NAMES, toTaskOptions } from './task-options.js';
import { toCalendar, toTask } from './to-task.js';

/** A task of a batch: with `cron` as for `setCron`, with `intervalMs` as for `setInterval`, otherwise as for `setTimeout`. */
export interface BatchTask extends Omit<CronOptions, keyof RequestOptions> {
  readonly payload: Bytes;
  readonly delayMs?: number;
  /** In the place of `delayMs`: a Date, or Unix epoch ms. */
  readonly at?: Date | number;
  readonly intervalMs?: number;
  readonly cron?: string;
}

/** What a registration was answered with: the service holds the task. */
export interface Registration {
  readonly taskId: string;
  /** Due time of the first occurrence, Unix epoch ms by the service's clock. */
  readonly scheduledTimeMs: number;
}

const MOST_TASKS = 1_000;
const NAMES: OptionNames<BatchTask> = {
  ...{ payload: true, delayMs: true, at: true, intervalMs: true, cron: true },
  ...{ timeZone: true, ...TASK_NAMES },
};

/** Registers the tasks that can be used; the others are refused here. */
export async function registerBatch(
  connection: Connection,
  sessionId: string,
  tasks: readonly BatchTask[],
  options?: RequestOptions,
): Promise<(Registration | BoomerangClientError)[]> {
  if (!Array.isArray(tasks)) throw unusable('tasks', tasks, `an array of 1 to ${MOST_TASKS} tasks`);
  if (tasks.length < 1 || tasks.length > MOST_TASKS)
    throw invalidArgument('tasks', `${tasks.length} tasks`, `1 to ${MOST_TASKS} tasks`);
  const outcomes: (Registration | BoomerangClientError | undefined)[] = [];
  const sent: boomerang.Task.$Properties[] = [];
  for (const task of tasks) {
    const one = refusalOr(() => toWireTask(task));
    outcomes.push(one instanceof BoomerangClientError ? one : undefined);
    if (!(one instanceof BoomerangClientError)) sent.push(one);
  }
  const results = sent.length === 0 ? [] : await send(connection, sessionId, sent, options);
  return outcomes.map((outcome) => outcome ?? toRegistration(results.shift()));
}

async function send(
  connection: Connection,
  sessionId: string,
  tasks: boomerang.Task.$Properties[],
  options?: RequestOptions,
): Promise<boomerang.RegistrationResponse.$Properties[]> {
  const request = { sessionId, batchRegistrationRequest: { tasks } };
  const answer = await requestAnswer(connection, request, 'batchRegistrationResponse', options);
  return [...(answer.results ?? [])];
}

function toRegistration(
  result: boomerang.RegistrationResponse.$Properties | undefined,
): Registration | BoomerangClientError {
  return refusalOr(() => {
    if (!result) throw new BoomerangClientError('ERROR', 'the gateway answered fewer tasks than it was sent');
    requireOk(result);
    return { taskId: result.taskId ?? '', scheduledTimeMs: result.scheduledTimeMs ?? 0 };
  });
}

function refusalOr<T>(work: () => T): T | BoomerangClientError {
  try {
    return work();
  } catch (error) {
    if (error instanceof BoomerangClientError) return error;
    throw error;
  }
}

/** @throws BoomerangClientError `INVALID_REQUEST`. */
function toWireTask(task: BatchTask): boomerang.Task.$Properties {
  checkOptions('task', task, NAMES);
  const { payload, delayMs, at, intervalMs, cron, timeZone } = task;
  if (cron === undefined) {
    if (timeZone !== undefined) throw invalidArgument('timeZone', 'it is set', 'only with cron');
    if (delayMs !== undefined && at !== undefined)
      throw invalidArgument('delayMs', 'it is set', 'only without at');
    const delay = delayMs ?? (at === undefined ? intervalMs : 0);
    const timed = { payload, delayMs: delay as number, ...(at !== undefined && { at }) };
    return {
      ...toTask({ ...timed, ...(intervalMs !== undefined && { intervalMs }) }),
      ...toTaskOptions(task),
    };
  }
  if ((delayMs ?? at ?? intervalMs) !== undefined)
    throw invalidArgument('cron', 'it is set', 'only without delayMs, at and intervalMs');
  return { ...toTask({ payload, delayMs: 0 }), ...toCalendar({ cron, timeZone }), ...toTaskOptions(task) };
}
