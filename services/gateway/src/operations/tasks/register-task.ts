import { firstTimes } from '@boomerang/calendar';
import {
  BoomerangError,
  MAX_DELAY_MS,
  type NewTask,
  type RegisteredTask,
  type TaskRequest,
  type TaskStore,
  validateTaskRequest,
} from '@boomerang/domain';
import type { AskedTasks } from '../limits/admission-of-tasks.js';
import type { Operation } from '../operation.js';
import { requireFitsDatagram } from './datagram-limits.js';

/** Registers a task under the caller's delivery policy; resolves once Redis holds it. */
export const registerTask: Operation<TaskRequest, RegisteredTask> = {
  permission: 'register',
  changes: true,
  counted: 'registered',
  async run({ tasks, datagrams, requireRoom, admit }, { clientId, policy }, request) {
    requireRoom(request.payload.length);
    if (!policy?.callback) {
      const problem =
        'this session was opened without a callback, so it can manage tasks but not register any';
      throw new BoomerangError('invalid_request', problem);
    }
    validateTaskRequest(request);
    if (policy.callback.protocol === 'UDP') {
      requireFitsDatagram(datagrams, clientId, request.payload.length);
    }
    const task = await withTimes(tasks, request);
    await admit(clientId, { count: 1, payloadBytes: request.payload.length, ...recurrenceOf(task) });
    return tasks.register(clientId, policy, task);
  },
};

/** How many times a record has room for. */
const TIMES = 3;

async function withTimes(tasks: Pick<TaskStore, 'now'>, request: TaskRequest): Promise<NewTask> {
  const { calendar, ...rest } = request;
  if (!calendar) return rest;
  return { ...rest, calendar: { ...calendar, timesMs: firstTimes(calendar, await tasks.now(), TIMES) } };
}

/** What limits of its client apply to: by a calendar, the shortest time between the next occurrences. */
function recurrenceOf({
  repeatIntervalMs,
  calendar,
}: NewTask): Pick<AskedTasks, 'repeatIntervalMs' | 'recursBy'> {
  if (!calendar) return { repeatIntervalMs, recursBy: 'repeatIntervalMs' };
  const gaps = calendar.timesMs.slice(1).map((ms, i) => ms - (calendar.timesMs[i] as number));
  return { repeatIntervalMs: Math.min(...gaps, MAX_DELAY_MS), recursBy: 'cron' };
}
