import type { Connection } from '../connection/connection.js';
import { requestAnswer } from '../connection/request-answer.js';
import { createDeadLetters, type DeadLetters } from '../dead-letters/dead-letters.js';
import { type ListFilter, type TaskInfo, type TaskPage, toListRequest, toTaskInfo } from './task-info.js';
import { wholeMs } from './whole-ms.js';

/** What a registration was answered with: the service holds the task. */
export interface Registration {
  readonly taskId: string;
  /** Due time of the first occurrence, Unix epoch ms by the service's clock. */
  readonly scheduledTimeMs: number;
}

export interface IntervalOptions {
  /** Milliseconds to the first occurrence. Default: one interval. */
  readonly delayMs?: number;
}

/** A session on one connection. Every method rejects with a BoomerangClientError when the service doesn't answer OK. */
export interface Session {
  /** A bearer secret: who knows it can act as its client. */
  readonly sessionId: string;
  /** Unix epoch ms by the service's clock; undefined in a resumed session until its first refresh. */
  readonly expiresAtMs: number | undefined;
  /** Calls back once with `payload` (a text as UTF-8), `delayMs` from now. */
  setTimeout(payload: Uint8Array | string, delayMs: number): Promise<Registration>;
  /** Calls back with `payload` every `intervalMs`, without drift, until it is cancelled. */
  setInterval(
    payload: Uint8Array | string,
    intervalMs: number,
    options?: IntervalOptions,
  ): Promise<Registration>;
  /** After this no attempt is begun. Tells whether one was under way. */
  cancel(taskId: string): Promise<{ readonly attemptUnderWay: boolean }>;
  get(taskId: string): Promise<TaskInfo>;
  /** The client's tasks, the next due first, page by page. */
  list(filter?: ListFilter): Promise<TaskPage>;
  /** What could not be delivered. */
  readonly deadLetters: DeadLetters;
  /** Gives the session its whole lifetime again; its new expiry. */
  refresh(): Promise<number>;
}

export function createSession(connection: Connection, sessionId: string, expiry?: number): Session {
  let expiresAtMs = expiry;

  async function register(payload: Uint8Array | string, delayMs: number, repeatIntervalMs: number) {
    const registrationRequest = {
      payload: typeof payload === 'string' ? Buffer.from(payload) : payload,
      delayMs: wholeMs('delay_ms', delayMs, 0),
      repeatIntervalMs,
    };
    const request = { sessionId, registrationRequest };
    const { taskId = '', scheduledTimeMs = 0 } = await requestAnswer(
      connection,
      request,
      'registrationResponse',
    );
    return { taskId, scheduledTimeMs } as Registration;
  }

  return {
    sessionId,
    get expiresAtMs() {
      return expiresAtMs;
    },
    setTimeout: (payload, delayMs) => register(payload, delayMs, 0),
    async setInterval(payload, intervalMs, { delayMs = intervalMs } = {}) {
      return register(payload, delayMs, wholeMs('repeat_interval_ms', intervalMs, 1));
    },
    async cancel(taskId) {
      const request = { sessionId, cancellationRequest: { taskId } };
      const answer = await requestAnswer(connection, request, 'cancellationResponse');
      return { attemptUnderWay: answer.attemptUnderWay ?? false };
    },
    async get(taskId) {
      const request = { sessionId, getTaskRequest: { taskId } };
      return toTaskInfo((await requestAnswer(connection, request, 'getTaskResponse')).task ?? {});
    },
    async list(filter = {}) {
      const request = { sessionId, listTasksRequest: toListRequest(filter) };
      const { tasks, nextToken } = await requestAnswer(connection, request, 'listTasksResponse');
      return { tasks: (tasks ?? []).map(toTaskInfo), nextToken: nextToken || undefined };
    },
    deadLetters: createDeadLetters(connection, sessionId),
    async refresh() {
      const answer = await requestAnswer(
        connection,
        { sessionId, sessionRefresh: {} },
        'sessionRefreshResponse',
      );
      expiresAtMs = answer.expiresAtMs ?? 0;
      return expiresAtMs;
    },
  };
}
