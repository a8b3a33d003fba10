import { type TaskState, taskStateOf } from '@boomerang/domain';
import type { boomerang } from '@boomerang/protocol';
import { checkOptions, type OptionNames } from '../arguments/check-options.js';
import { checkEpochMs, checkFlag, checkText } from '../arguments/check-values.js';
import { type Paging, toWirePaging } from '../arguments/paging.js';
import { type AttemptInfo, toAttemptInfo } from './attempt-info.js';

/** A task as the service tells it. */
export interface TaskInfo {
  readonly taskId: string;
  readonly clientId: string;
  /** Undefined if the service doesn't say. */
  readonly state: TaskState | undefined;
  /** Unix epoch ms of the next occurrence or retry; of the last one when the task has ended. */
  readonly dueMs: number;
  /** 0 = once, or by `calendar`. */
  readonly repeatIntervalMs: number;
  /** By what it recurs; undefined if it doesn't recur by a calendar. */
  readonly calendar: { readonly cron: string; readonly timeZone: string } | undefined;
  /** Number of the occurrence that `dueMs` belongs to, from 1. */
  readonly occurrence: number;
  /** Empty when the task has ended. */
  readonly payload: Uint8Array;
  /** The latest attempts that are over, at most 20, the oldest first. Empty in lists. */
  readonly attempts: readonly AttemptInfo[];
  /** What holds up an occurrence that was due, for people; undefined if nothing does. */
  readonly waitingFor: string | undefined;
  /** The dead letter that the task is a replay of. */
  readonly replayOf: string | undefined;
  readonly tags: readonly string[];
}

/** Which tasks to list; what is absent restricts nothing. */
export interface ListFilter extends Paging {
  /** Only tasks whose next due time is at or after this, Unix epoch ms. */
  readonly scheduledAfterMs?: number;
  /** Only tasks whose next due time is before this, Unix epoch ms. */
  readonly scheduledBeforeMs?: number;
  /** Only recurring tasks (true), or only those that fire once (false). */
  readonly recurring?: boolean;
  /** Only tasks with this tag. */
  readonly tag?: string;
}

export interface TaskPage {
  readonly tasks: readonly TaskInfo[];
  /** Undefined on the last page. */
  readonly nextToken: string | undefined;
}

export function toTaskInfo(details: boomerang.TaskDetails.$Properties): TaskInfo {
  return {
    taskId: details.taskId ?? '',
    clientId: details.clientId ?? '',
    state: taskStateOf(details.state ?? 0),
    dueMs: details.expirationMs ?? 0,
    repeatIntervalMs: details.repeatIntervalMs ?? 0,
    calendar: details.cron ? { cron: details.cron, timeZone: details.timeZone ?? '' } : undefined,
    occurrence: details.occurrence ?? 0,
    payload: details.payload ?? new Uint8Array(),
    attempts: (details.attempts ?? []).map(toAttemptInfo),
    waitingFor: details.waitingFor || undefined,
    replayOf: details.replayOf || undefined,
    tags: details.tags ?? [],
  };
}

const FILTER_NAMES: OptionNames<ListFilter> = {
  scheduledAfterMs: true,
  scheduledBeforeMs: true,
  recurring: true,
  tag: true,
  limit: true,
  nextToken: true,
};

/** @throws BoomerangClientError `INVALID_REQUEST`. */
export function toListRequest(filter: ListFilter): boomerang.ListTasksRequest.$Properties {
  checkOptions('filter', filter, FILTER_NAMES);
  const { scheduledAfterMs: after, scheduledBeforeMs: before, recurring, tag } = filter;
  return {
    ...toWirePaging(filter),
    ...(after === undefined ? {} : { scheduledAfter: checkEpochMs('scheduledAfterMs', after, 0) }),
    ...(before === undefined ? {} : { scheduledBefore: checkEpochMs('scheduledBeforeMs', before, 1) }),
    ...(recurring === undefined ? {} : { isRecurring: checkFlag('recurring', recurring) }),
    ...(tag === undefined ? {} : { tag: checkText('tag', tag) }),
  };
}
