import { type TaskState, taskStateNumber } from '@boomerang/domain';
import { boomerang } from '@boomerang/protocol';
import type { RequestEnvelope } from '../connection/request-envelope.js';
import { base64Of, type Exchange, epochMs, taskPath } from './api-request.js';
import { changeExchangeOf } from './change-exchange.js';
import { listDeadLetters, purgeDeadLetters, replayDeadLetters } from './dead-letter-exchange.js';
import { endsToJson } from './ends-to-json.js';
import { type AttemptJson, bytesFromJson, toAttempt, toQuery } from './from-json.js';
import { idempotencyKeyHeader } from './idempotency-key-header.js';
import { refusalOf } from './refusal-of.js';

interface WaitingJson {
  readonly reason: string;
  readonly endpoint?: string;
  readonly until?: string;
  readonly since?: string;
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
  if (request.batchRegistrationRequest) return registerBatch(request.batchRegistrationRequest, policy);
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
  return changeExchangeOf(request) ?? otherExchangeOf(request) ?? list(listTasksRequest ?? {});
}

function otherExchangeOf(request: RequestEnvelope): Exchange | undefined {
  const { listDeadLettersRequest, replayDeadLettersRequest, purgeDeadLettersRequest } = request;
  if (listDeadLettersRequest) return listDeadLetters(listDeadLettersRequest);
  if (replayDeadLettersRequest) return replayDeadLetters(replayDeadLettersRequest);
  if (purgeDeadLettersRequest) return purgeDeadLetters(purgeDeadLettersRequest);
  return request.previewScheduleRequest ? preview(request.previewScheduleRequest) : undefined;
}

function preview(request: boomerang.PreviewScheduleRequest.$Properties): Exchange {
  const { cron, timeZone, count, after } = request;
  const from = after ? new Date(after).toISOString() : undefined;
  return {
    method: 'GET',
    path: `/v1/schedule/preview${toQuery({ cron, timeZone, count, after: from })}`,
    toAnswer: ({ times = [] }: { times?: readonly string[] }) => ({
      previewScheduleResponse: { times: times.map(epochMs) },
    }),
  };
}

function register(task: boomerang.Task.$Properties, policy: object): Exchange {
  const { idempotencyKey } = task;
  return {
    method: 'POST',
    path: '/v1/tasks',
    ...(idempotencyKey && { headers: { 'idempotency-key': idempotencyKeyHeader(idempotencyKey) } }),
    body: { ...taskToJson(task), ...policy },
    toAnswer: (json) => ({ registrationResponse: toRegistered(json) }),
  };
}

function taskToJson(task: boomerang.Task.$Properties): object {
  const { payload, delayMs, repeatIntervalMs, cron, timeZone, atMs, tags } = task;
  const calendar = cron ? { cron, ...(timeZone && { timeZone }) } : undefined;
  return {
    base64: base64Of(payload ?? new Uint8Array()),
    ...(calendar ?? (atMs ? { at: new Date(atMs) } : { delay: delayMs })),
    ...(repeatIntervalMs && { repeatInterval: repeatIntervalMs }),
    ...(tags?.length && { tags }),
    ...endsToJson(task),
  };
}

function toRegistered({ id, dueAt }: TaskJson): boomerang.RegistrationResponse.$Properties {
  return { taskId: id ?? '', scheduledTimeMs: epochMs(dueAt) };
}

function registerBatch({ tasks }: boomerang.BatchRegistrationRequest.$Properties, policy: object): Exchange {
  return {
    method: 'POST',
    path: '/v1/tasks/batch',
    body: {
      tasks: (tasks ?? []).map((task) => ({
        ...taskToJson(task),
        ...policy,
        ...(task.idempotencyKey && { idempotencyKey: idempotencyKeyHeader(task.idempotencyKey) }),
      })),
    },
    toAnswer: ({ results = [] }: { results?: readonly (TaskJson & ProblemJson)[] }) => ({
      batchRegistrationResponse: { results: results.map((one) => toResult(one)) },
    }),
  };
}

interface ProblemJson {
  readonly code?: string;
  readonly detail?: string;
  readonly status?: number;
}

function toResult(json: TaskJson & ProblemJson): boomerang.RegistrationResponse.$Properties {
  if (json.code === undefined) return toRegistered(json);
  const { status, code, message } = refusalOf('', json.status ?? 0, json);
  return { status: boomerang.Status[status], code, errorMessage: message };
}

function list(request: boomerang.ListTasksRequest.$Properties): Exchange {
  const { limit, nextToken, scheduledAfter, scheduledBefore, isRecurring, tag } = request;
  const query = {
    limit,
    cursor: nextToken,
    dueAfter: scheduledAfter ? new Date(scheduledAfter).toISOString() : undefined,
    dueBefore: scheduledBefore ? new Date(scheduledBefore).toISOString() : undefined,
    recurring: isRecurring,
    tag,
  };
  return {
    method: 'GET',
    path: `/v1/tasks${toQuery(query)}`,
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
    payload: bytesFromJson({ text, base64 }),
    waitingFor: waitingFor ? describe(waitingFor) : '',
  };
}

function describe({ reason, endpoint, until, since }: WaitingJson): string {
  if (since !== undefined) return `${reason} since ${since}`;
  const where = endpoint === undefined ? '' : ` at ${endpoint}`;
  return `${reason.replaceAll('_', ' ')}${where}${until === undefined ? '' : `; tried again at ${until}`}`;
}
