import {
  type Calendar,
  invalidField,
  type TaskDetails,
  type TaskRequest,
  taskStateNumber,
  type WaitingFor,
} from '@boomerang/domain';
import type { boomerang } from '@boomerang/protocol';
import type { ListTasksAnswer, ListTasksRequest } from '../operations/tasks/list-tasks.js';
import { attemptToWire } from './attempt-on-wire.js';
import { endsFromWire } from './ends-on-wire.js';
import { calendarFromWire } from './schedules-on-wire.js';

const NOTHING = new Uint8Array(0);

export function taskFromWire({
  payload,
  delayMs,
  repeatIntervalMs,
  idempotencyKey,
  cron,
  timeZone,
  atMs,
  tags,
  ...ends
}: boomerang.Task.$Properties): TaskRequest {
  return {
    payload: payload ?? NOTHING,
    delayMs: delayMs ?? 0,
    repeatIntervalMs: repeatIntervalMs ?? 0,
    idempotencyKey: idempotencyKey || undefined,
    atMs: atMs || undefined,
    calendar: calendarOf(cron ?? '', timeZone ?? ''),
    tags: tags ?? undefined,
    ...endsFromWire(ends),
  };
}

/** @throws BoomerangError `invalid_request` about a zone without an expression. */
export function calendarOf(cron: string, timeZone: string): Calendar | undefined {
  if (cron !== '') return calendarFromWire(cron, timeZone);
  if (timeZone === '') return undefined;
  throw invalidField('timeZone', 'it is set', (spell) => `nothing, unless ${spell('cron')} is set`);
}

export function listRequestFromWire(wire: boomerang.ListTasksRequest.$Properties): ListTasksRequest {
  return {
    clientId: wire.clientId ?? '',
    scheduledAfterMs: wire.scheduledAfter ?? 0,
    scheduledBeforeMs: wire.scheduledBefore ?? 0,
    recurring: wire.isRecurring ?? undefined,
    tag: wire.tag || undefined,
    limit: wire.limit ?? 0,
    nextToken: wire.nextToken ?? '',
  };
}

export function listAnswerToWire({
  tasks,
  nextToken,
}: ListTasksAnswer): boomerang.ListTasksResponse.$Properties {
  return { tasks: tasks.map(detailsToWire), nextToken };
}

export function detailsToWire(task: TaskDetails): boomerang.TaskDetails.$Properties {
  return {
    taskId: task.taskId,
    clientId: task.clientId,
    expirationMs: task.dueMs,
    repeatIntervalMs: task.repeatIntervalMs,
    payload: task.payload,
    state: taskStateNumber(task.state),
    occurrence: task.occurrence,
    attempts: task.attempts.map(attemptToWire),
    waitingFor: task.waitingFor ? describe(task.waitingFor) : '',
    replayOf: task.replayOf ?? '',
    cron: task.calendar?.cron ?? '',
    timeZone: task.calendar?.timeZone ?? '',
    tags: [...task.tags],
  };
}

function describe(waitingFor: WaitingFor): string {
  if (waitingFor.reason === 'turn') return "its client's turn: more is overdue than is delivered at once";
  if (waitingFor.reason === 'paused')
    return `its client: it is paused since ${new Date(waitingFor.sinceMs).toISOString()}; resume it`;
  const { reason, endpoint, untilMs } = waitingFor;
  const until = new Date(untilMs).toISOString();
  if (reason === 'breaker_open')
    return `${endpoint} keeps failing: its breaker is open; tried again at ${until}`;
  return `${endpoint} has all the attempts in flight that it may have; tried again at ${until}`;
}
