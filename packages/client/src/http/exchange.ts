import { type AttemptRecord, outcomeNumber, type TaskState, taskStateNumber } from '@boomerang/domain';
import type { boomerang } from '@boomerang/protocol';
import type { RequestEnvelope } from '../connection/request-envelope.js';
import { idempotencyKeyHeader } from './idempotency-key-header.js';

/** A request of the HTTP API, and its answer as the envelope's. */
export interface Exchange {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** With the query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
  toAnswer(json: object): RequestEnvelope;
}

type AttemptJson = Partial<Omit<AttemptRecord, 'atMs'>> & { readonly at?: string };

interface WaitingJson {
  readonly reason: string;
  readonly endpoint?: string;
  readonly until?: string;
}

interface TaskJson {
  readonly id?: string;
  readonly state?: TaskState;
  readonly dueAt?: string;
  readonly occurrence?: number;
  readonly repeatInterval?: number;
  readonly cron?: string;
  readonly timeZone?: string;
  readonly attempts?: readonly AttemptJson[];
  readonly waitingFor?: WaitingJson;
  readonly replayOf?: string;
  readonly text?: string;
  readonly base64?: string;
}

/** @param policy that a registration brings. @throws BoomerangClientError for what HTTP can't carry. */
export function exchangeOf(request: RequestEnvelope, policy: object): Exchange {
  const { registrationRequest, cancellationRequest, getTaskRequest, listTasksRequest } = request;
  if (registrationRequest) return register(registrationRequest, policy);
  if (cancellationRequest) {
    return {
      method: 'DELETE',
      path: taskPath(cancellationRequest.taskId),
      toAnswer: (cancellationResponse) => ({ cancellationResponse }),
    };
  }
  if (getTaskRequest) {
    return {
      method: 'GET',
      path: taskPath(getTaskRequest.taskId),
      toAnswer: (json) => ({ getTaskResponse: { task: toDetails(json) } }),
    };
  }
  return list(listTasksRequest ?? {});
}

function taskPath(taskId: string | null | undefined): string {
  return `/v1/tasks/${encodeURIComponent(taskId ?? '')}`;
}

function register(task: boomerang.Task.$Properties, policy: object): Exchange {
  const { payload, delayMs, repeatIntervalMs, cron, timeZone, atMs, idempotencyKey } = task;
  const { buffer, byteOffset, byteLength } = payload ?? new Uint8Array();
  const calendar = cron ? { cron, ...(timeZone && { timeZone }) } : undefined;
  return {
    method: 'POST',
    path: '/v1/tasks',
    ...(idempotencyKey && { headers: { 'idempotency-key': idempotencyKeyHeader(idempotencyKey) } }),
    body: {
      base64: Buffer.from(buffer, byteOffset, byteLength).toString('base64'),
      ...(calendar ?? (atMs ? { at: new Date(atMs) } : { delay: delayMs })),
      ...(repeatIntervalMs && { repeatInterval: repeatIntervalMs }),
      ...policy,
    },
    toAnswer: ({ id, dueAt }: TaskJson) => ({
      registrationResponse: { taskId: id ?? '', scheduledTimeMs: epochMs(dueAt) },
    }),
  };
}

function list(request: boomerang.ListTasksRequest.$Properties): Exchange {
  const { limit, nextToken, scheduledAfter, scheduledBefore, isRecurring } = request;
  const query = new URLSearchParams();
  if (limit) query.set('limit', String(limit));
  if (nextToken) query.set('cursor', nextToken);
  if (scheduledAfter) query.set('dueAfter', new Date(scheduledAfter).toISOString());
  if (scheduledBefore) query.set('dueBefore', new Date(scheduledBefore).toISOString());
  if (typeof isRecurring === 'boolean') query.set('recurring', String(isRecurring));
  return {
    method: 'GET',
    path: `/v1/tasks?${query}`,
    toAnswer({ tasks = [], nextCursor }: { tasks?: readonly TaskJson[]; nextCursor?: string | null }) {
      return { listTasksResponse: { tasks: tasks.map(toDetails), nextToken: nextCursor ?? '' } };
    },
  };
}

function toDetails(json: TaskJson): boomerang.TaskDetails.$Properties {
  const { id, state, dueAt, attempts, waitingFor, text, base64, repeatInterval, ...same } = json;
  return {
    ...same,
    taskId: id ?? '',
    // A state of a newer release has no number here.
    state: (state && taskStateNumber(state)) ?? 0,
    expirationMs: epochMs(dueAt),
    repeatIntervalMs: repeatInterval ?? 0,
    attempts: (attempts ?? []).map(toAttempt),
    payload: base64 === undefined ? Buffer.from(text ?? '') : Buffer.from(base64, 'base64'),
    waitingFor: waitingFor ? describe(waitingFor) : '',
  };
}

function toAttempt({ at, outcome, ...same }: AttemptJson): boomerang.AttemptRecord.$Properties {
  return { ...same, atMs: epochMs(at), outcome: (outcome && outcomeNumber(outcome)) ?? 0 };
}

function describe({ reason, endpoint, until }: WaitingJson): string {
  const where = endpoint === undefined ? '' : ` at ${endpoint}`;
  return `${reason.replaceAll('_', ' ')}${where}${until === undefined ? '' : `; tried again at ${until}`}`;
}

function epochMs(time: string | undefined): number {
  return time === undefined ? 0 : Date.parse(time);
}
