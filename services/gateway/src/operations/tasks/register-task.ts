import { firstTimes } from '@boomerang/calendar';
import {
  BoomerangError,
  type Caller,
  type DeliveryPolicy,
  invalidField,
  MAX_DELAY_MS,
  type NewTask,
  type RegisteredTask,
  type TaskRequest,
  validateTaskRequest,
} from '@boomerang/domain';
import type { AskedTasks } from '../limits/admission-of-tasks.js';
import type { Operation, OperationContext } from '../operation.js';
import { requireFitsDatagram } from './datagram-limits.js';

/** Registers a task under the caller's delivery policy; resolves once Redis holds it. */
export const registerTask: Operation<TaskRequest, RegisteredTask> = {
  permission: 'register',
  changes: true,
  counted: 'registered',
  async run(context, caller, request) {
    const { policy, task } = await admitTask(context, caller, request, () => context.tasks.now());
    return context.tasks.register(caller.clientId, policy, task);
  },
};

/** A task that may be registered, and the delivery policy that it has then. */
export interface AdmittedTask {
  readonly policy: DeliveryPolicy;
  readonly task: NewTask;
}

/** Rejects with a BoomerangError. @param now Redis's clock, Unix epoch ms. */
export async function admitTask(
  { datagrams, requireRoom, admit }: OperationContext,
  { clientId, policy }: Caller,
  request: TaskRequest,
  now: () => Promise<number>,
): Promise<AdmittedTask> {
  requireRoom(request.payload.length);
  if (!policy?.callback) {
    const problem = 'this session was opened without a callback, so it can manage tasks but not register any';
    throw new BoomerangError('invalid_request', problem);
  }
  validateTaskRequest(request);
  if (policy.callback.protocol === 'UDP') {
    requireFitsDatagram(datagrams, clientId, request.payload.length);
  }
  const task = await withTimes(now, request);
  requireEndsBehindFirst(task);
  await admit(clientId, { count: 1, payloadBytes: request.payload.length, ...recurrenceOf(task) });
  return { policy, task };
}

/** How many times a record has room for. */
const TIMES = 3;

async function withTimes(now: () => Promise<number>, request: TaskRequest): Promise<NewTask> {
  const { calendar, ...rest } = request;
  if (!calendar) return rest;
  return { ...rest, calendar: { ...calendar, timesMs: firstTimes(calendar, await now(), TIMES) } };
}

/** By a calendar, only its times tell when the first occurrence is due. */
function requireEndsBehindFirst({ calendar, recurrence }: NewTask): void {
  const firstMs = calendar?.timesMs[0] ?? 0;
  const { untilMs = firstMs } = recurrence ?? {};
  if (untilMs >= firstMs) return;
  throw invalidField('untilMs', `${untilMs} is before the first occurrence`, `at least ${firstMs}`);
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
