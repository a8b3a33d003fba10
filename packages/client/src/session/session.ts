import { checkOptions, type OptionNames } from '../arguments/check-options.js';
import { checkEpochMs, checkText, checkWhole } from '../arguments/check-values.js';
import type { Bytes } from '../arguments/to-bytes.js';
import type { BoomerangClientError } from '../connection/client-error.js';
import type { Connection } from '../connection/connection.js';
import { requestAnswer } from '../connection/request-answer.js';
import type { RequestOptions } from '../connection/request-options.js';
import { createDeadLetters, type DeadLetters } from '../dead-letters/dead-letters.js';
import { type BatchTask, type Registration, registerBatch } from './task-batch.js';
import { createTaskChanges, TASK_ID, type TaskChanges } from './task-changes.js';
import { type ListFilter, type TaskInfo, type TaskPage, toListRequest, toTaskInfo } from './task-info.js';
import {
  CRON_NAMES,
  type CronOptions,
  INTERVAL_NAMES,
  type IntervalOptions,
  TIMEOUT_NAMES,
  type TimeoutOptions,
  toRequestOptions,
  toTaskOptions,
} from './task-options.js';
import { toCalendar, toTask } from './to-task.js';

export interface PreviewOptions extends RequestOptions {
  /** As for `setCron`. */
  readonly timeZone?: string;
  /** How many times, 1 to 1,000. Default 10. Fewer are told if there are no more within ten years. */
  readonly count?: number;
  /** The times come after this, Unix epoch ms. Default now. */
  readonly afterMs?: number;
}

/**
 * A session on one connection.
 *
 * Every method rejects with a BoomerangClientError for an argument that can't be used (nothing is sent then) and when the
 * service doesn't answer OK; with a RequestTimeoutError when it doesn't answer in time; and with a ConnectionClosedError
 * when the connection is gone, or goes before the answer came. Tasks live on in each of these cases, and the session until
 * it expires: `resumeSession` goes on with it on another connection.
 */
export interface Session extends TaskChanges {
  /** A bearer secret: who knows it can act as its client. */
  readonly sessionId: string;
  /**
   * When the session ends unless `refresh` is called before: Unix epoch ms by the service's clock; undefined in a resumed
   * session until its first refresh. Using the session does not move it.
   */
  readonly expiresAtMs: number | undefined;
  /**
   * Calls back once with `payload`.
   *
   * @param payload a text, sent as UTF-8, or bytes: at most 1 MiB (1,048,576 bytes), may be empty. Anything else is refused.
   * @param delayMs whole milliseconds from now, 0 to 315,576,000,000 (ten years).
   */
  setTimeout(payload: Bytes, delayMs: number, options?: TimeoutOptions): Promise<Registration>;
  /**
   * Calls back once with `payload`, at a point in time.
   *
   * @param payload as for `setTimeout`.
   * @param at a Date, or Unix epoch ms; at most ten years ahead. A time that has passed means at once.
   */
  setTimeoutAt(payload: Bytes, at: Date | number, options?: TimeoutOptions): Promise<Registration>;
  /**
   * Calls back with `payload` again and again, without drift, until it is cancelled.
   *
   * @param payload as for `setTimeout`.
   * @param intervalMs whole milliseconds between two occurrences, 100 to 315,576,000,000 (ten years).
   */
  setInterval(payload: Bytes, intervalMs: number, options?: IntervalOptions): Promise<Registration>;
  /**
   * Calls back with `payload` by a calendar, until it is cancelled. The registration tells when for the first time.
   *
   * @param payload as for `setTimeout`.
   * @param cron five fields (minute, hour, day of month, month, day of week) or six (second first), with L, W and #. Where
   *   clocks change, a fixed time that doesn't exist comes at the first instant after the gap, and one that exists twice
   *   comes the first time only.
   */
  setCron(payload: Bytes, cron: string, options?: CronOptions): Promise<Registration>;
  /**
   * Registers 1 to 1,000 tasks at once, and answers in their order: what each was answered with, or why it was refused. A task that is
   * refused, by this package or by the service, leaves the others alone. All of them together have 1 MiB at most.
   */
  registerBatch(
    tasks: readonly BatchTask[],
    options?: RequestOptions,
  ): Promise<readonly (Registration | BoomerangClientError)[]>;
  /** When a task would recur by a calendar: Unix epoch ms, ascending. Nothing is registered. */
  previewCron(cron: string, options?: PreviewOptions): Promise<readonly number[]>;
  /** Ends a task: after this no attempt is begun. Tells whether one was under way, which may still arrive. */
  cancel(taskId: string, options?: RequestOptions): Promise<{ readonly attemptUnderWay: boolean }>;
  get(taskId: string, options?: RequestOptions): Promise<TaskInfo>;
  /** The client's tasks, the next due first, page by page. */
  list(filter?: ListFilter, options?: RequestOptions): Promise<TaskPage>;
  /** What could not be delivered. */
  readonly deadLetters: DeadLetters;
  /** Gives the session its whole lifetime again, by default an hour; its new `expiresAtMs`. */
  refresh(options?: RequestOptions): Promise<number>;
}

const PREVIEW_NAMES: OptionNames<PreviewOptions> = {
  timeZone: true,
  count: true,
  afterMs: true,
  timeoutMs: true,
  signal: true,
};

export function createSession(connection: Connection, sessionId: string, expiry?: number): Session {
  let expiresAtMs = expiry;

  async function register(task: ReturnType<typeof toTask>, options: RequestOptions): Promise<Registration> {
    const request = { sessionId, registrationRequest: task };
    const answer = await requestAnswer(
      connection,
      request,
      'registrationResponse',
      toRequestOptions(options),
    );
    return { taskId: answer.taskId ?? '', scheduledTimeMs: answer.scheduledTimeMs ?? 0 };
  }

  return {
    sessionId,
    get expiresAtMs() {
      return expiresAtMs;
    },
    async setTimeout(payload, delayMs, options = {}) {
      checkOptions('options', options, TIMEOUT_NAMES);
      return register({ ...toTask({ payload, delayMs }), ...toTaskOptions(options) }, options);
    },
    async setTimeoutAt(payload, at, options = {}) {
      checkOptions('options', options, TIMEOUT_NAMES);
      return register({ ...toTask({ payload, delayMs: 0, at }), ...toTaskOptions(options) }, options);
    },
    async setInterval(payload, intervalMs, options = {}) {
      checkOptions('options', options, INTERVAL_NAMES);
      const { delayMs = intervalMs } = options;
      return register({ ...toTask({ payload, delayMs, intervalMs }), ...toTaskOptions(options) }, options);
    },
    async setCron(payload, cron, options = {}) {
      checkOptions('options', options, CRON_NAMES);
      const calendar = toCalendar({ cron, timeZone: options.timeZone });
      return register(
        { ...toTask({ payload, delayMs: 0 }), ...calendar, ...toTaskOptions(options) },
        options,
      );
    },
    registerBatch: (tasks, options) => registerBatch(connection, sessionId, tasks, options),
    async previewCron(cron, options = {}) {
      checkOptions('options', options, PREVIEW_NAMES);
      const { timeZone, count, afterMs, ...requestOptions } = options;
      const preview = {
        ...toCalendar({ cron, timeZone }),
        ...(count !== undefined && { count: checkWhole('count', count, { least: 1, most: 1_000 }) }),
        ...(afterMs !== undefined && { after: checkEpochMs('afterMs', afterMs, 1) }),
      };
      const request = { sessionId, previewScheduleRequest: preview };
      const answer = await requestAnswer(connection, request, 'previewScheduleResponse', requestOptions);
      return answer.times ?? [];
    },
    async cancel(taskId, options) {
      const request = { sessionId, cancellationRequest: { taskId: checkText('taskId', taskId, TASK_ID) } };
      const answer = await requestAnswer(connection, request, 'cancellationResponse', options);
      return { attemptUnderWay: answer.attemptUnderWay ?? false };
    },
    ...createTaskChanges(connection, sessionId),
    async get(taskId, options) {
      const request = { sessionId, getTaskRequest: { taskId: checkText('taskId', taskId, TASK_ID) } };
      return toTaskInfo((await requestAnswer(connection, request, 'getTaskResponse', options)).task ?? {});
    },
    async list(filter = {}, options) {
      const request = { sessionId, listTasksRequest: toListRequest(filter) };
      const { tasks, nextToken } = await requestAnswer(connection, request, 'listTasksResponse', options);
      return { tasks: (tasks ?? []).map(toTaskInfo), nextToken: nextToken || undefined };
    },
    deadLetters: createDeadLetters(connection, sessionId),
    async refresh(options) {
      const request = { sessionId, sessionRefresh: {} };
      const answer = await requestAnswer(connection, request, 'sessionRefreshResponse', options);
      expiresAtMs = answer.expiresAtMs ?? 0;
      return expiresAtMs;
    },
  };
}
