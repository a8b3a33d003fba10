import { cancelTask } from '../../../operations/tasks/cancel-task.js';
import { getTask } from '../../../operations/tasks/get-task.js';
import { listTasks } from '../../../operations/tasks/list-tasks.js';
import { registerTask } from '../../../operations/tasks/register-task.js';
import { headerOf, traceOf } from '../header-of.js';
import { idempotencyKeyOf } from '../idempotency-key.js';
import { limitFromJson } from '../json/limit-from-json.js';
import { registeredToJson, registrationFromJson } from '../json/registration-from-json.js';
import { requireSchema } from '../json/require-schema.js';
import {
  CancelledJson,
  ListTasksQuery,
  RegisteredJson,
  TaskJson,
  TaskPageJson,
  TaskRequestJson,
} from '../json/schemas.js';
import { taskToJson } from '../json/task-to-json.js';
import { timeFromJson } from '../json/time-from-json.js';
import type { Route } from '../route.js';

const requireQuery = requireSchema(ListTasksQuery, { convert: true });

const register: Route = {
  method: 'POST',
  path: '/v1/tasks',
  name: 'registerTask',
  summary: 'Registers a task; it is acknowledged once Redis holds it.',
  body: TaskRequestJson,
  headers: ['Idempotency-Key', 'traceparent'],
  status: 201,
  answer: RegisteredJson,
  async handle(backend, asked) {
    const { request, policy } = await registrationFromJson(backend, asked.caller, asked);
    const caller = { ...asked.caller, policy };
    const named = {
      ...request,
      idempotencyKey: idempotencyKeyOf(headerOf(asked, 'idempotency-key')),
      traceparent: request.traceparent ?? traceOf(asked),
    };
    const registered = await backend.perform(registerTask, () => caller, named, undefined, asked.address);
    const headers = { location: `/v1/tasks/${registered.taskId}` };
    return { status: 201, headers, body: registeredToJson(registered) };
  },
};

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
