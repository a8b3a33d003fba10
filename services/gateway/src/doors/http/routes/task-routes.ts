import { type Caller, invalidField, type TaskRequest } from '@boomerang/domain';
import type { Static } from 'typebox';
import { calendarOf } from '../../../envelope/tasks-on-wire.js';
import { cancelTask } from '../../../operations/tasks/cancel-task.js';
import { getTask } from '../../../operations/tasks/get-task.js';
import { listTasks } from '../../../operations/tasks/list-tasks.js';
import { registerTask } from '../../../operations/tasks/register-task.js';
import { idempotencyKeyOf } from '../idempotency-key.js';
import { durationFromJson } from '../json/duration.js';
import { limitFromJson } from '../json/limit-from-json.js';
import { payloadFromJson } from '../json/payload-from-json.js';
import { policyFromJson, withContentType } from '../json/policy-from-json.js';
import { requireSchema } from '../json/require-schema.js';
import {
  CancelledJson,
  ListTasksQuery,
  RegisteredJson,
  TaskJson,
  TaskPageJson,
  TaskRequestJson,
} from '../json/schemas.js';
import { taskToJson, timeToJson } from '../json/task-to-json.js';
import { timeFromJson } from '../json/time-from-json.js';
import type { ApiBackend, Asked, Route } from '../route.js';

type TaskRequestOf = Static<typeof TaskRequestJson>;

const requireTask = requireSchema(TaskRequestJson);
const requireQuery = requireSchema(ListTasksQuery, { convert: true });

const register: Route = {
  method: 'POST',
  path: '/v1/tasks',
  name: 'registerTask',
  summary: 'Registers a task; it is acknowledged once Redis holds it.',
  body: TaskRequestJson,
  status: 201,
  answer: RegisteredJson,
  async handle(backend, asked) {
    const json = requireTask(asked.body);
    const { bytes, contentType } = payloadFromJson(json, asked.raw);
    const caller = await callerWithPolicy(backend, asked, json, contentType);
    const request = {
      ...taskFromJson(json, bytes),
      idempotencyKey: idempotencyKeyOf(headerOf(asked, 'idempotency-key')),
    };
    const { perform } = backend;
    const { taskId, scheduledTimeMs } = await perform(
      registerTask,
      () => caller,
      request,
      undefined,
      asked.address,
    );
    const body = { id: taskId, dueAt: timeToJson(scheduledTimeMs), state: 'scheduled' };
    return { status: 201, headers: { location: `/v1/tasks/${taskId}` }, body };
  },
};

function headerOf({ headers }: Asked, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

/** Without a repeat the default is now; a repeated task comes first after its interval. */
function taskFromJson(
  { delay, at, repeatInterval, cron, timeZone, ...json }: TaskRequestOf,
  payload: Uint8Array,
): TaskRequest {
  const repeatIntervalMs = durationFromJson('repeatIntervalMs', repeatInterval ?? 0);
  return {
    payload,
    delayMs: durationFromJson('delayMs', delay ?? ((cron ?? at) === undefined ? repeatIntervalMs : 0)),
    atMs: at === undefined ? undefined : timeFromJson('atMs', at),
    repeatIntervalMs,
    calendar: calendarOf(cron ?? '', timeZone ?? ''),
    tags: json.tags,
    ownPolicy: json.callback !== undefined,
  };
}

/** What comes with the registration holds for it alone; otherwise the policy is that of the session. */
async function callerWithPolicy(
  { requireReachable }: ApiBackend,
  { caller }: Asked,
  { callback, retry, dlq }: TaskRequestOf,
  contentType: string | undefined,
): Promise<Caller> {
  if (callback) {
    const policy = policyFromJson({ callback, ...(retry && { retry }), ...(dlq && { dlq }) }, contentType);
    await requireReachable(policy);
    return { ...caller, policy };
  }
  if (retry ?? dlq)
    throw invalidField(retry ? 'retry' : 'dlq', 'it is set', (spell) => `only with ${spell('callback')}`);
  if (!caller.policy?.callback) {
    throw invalidField(
      'callback',
      'it is missing',
      'an object with a url; or the id of a session that has a callback as Bearer',
    );
  }
  return { ...caller, policy: withContentType(caller.policy, contentType) };
}

const list: Route = {
  method: 'GET',
  path: '/v1/tasks',
  name: 'listTasks',
  summary: 'A page of the tasks that have not ended, by due time.',
  query: ListTasksQuery,
  status: 200,
  answer: TaskPageJson,
  async handle({ perform }, { caller, query, address }) {
    const { limit, cursor, dueAfter, dueBefore, recurring, tag } = requireQuery(query);
    const request = {
      clientId: '',
      limit: limitFromJson(limit),
      nextToken: cursor ?? '',
      scheduledAfterMs: timeFromJson('scheduledAfterMs', dueAfter),
      scheduledBeforeMs: timeFromJson('scheduledBeforeMs', dueBefore),
      recurring,
      tag,
    };
    const { tasks, nextToken } = await perform(listTasks, () => caller, request, undefined, address);
    return { status: 200, body: { tasks: tasks.map(taskToJson), nextCursor: nextToken || null } };
  },
};

const get: Route = {
  method: 'GET',
  path: '/v1/tasks/:id',
  name: 'getTask',
  summary: 'A task, with its latest attempts and what holds it up.',
  status: 200,
  answer: TaskJson,
  async handle({ perform }, { caller, params, address }) {
    const task = await perform(getTask, () => caller, params.id ?? '', undefined, address);
    return { status: 200, body: taskToJson(task) };
  },
};

const cancel: Route = {
  method: 'DELETE',
  path: '/v1/tasks/:id',
  name: 'cancelTask',
  summary: 'Cancels a task for good; cancelling it again is no error.',
  status: 200,
  answer: CancelledJson,
  async handle({ perform }, { caller, params, address }) {
    const attemptUnderWay = await perform(cancelTask, () => caller, params.id ?? '', undefined, address);
    return { status: 200, body: { attemptUnderWay } };
  },
};

export const taskRoutes: readonly Route[] = [register, list, get, cancel];
