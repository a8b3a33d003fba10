import type { DeliveryPolicy } from '../policy/delivery-policy.js';
import type { NewTask, TaskDetails } from '../tasks/task.js';
import type { TaskChange } from '../tasks/task-change.js';
import type { EndState } from '../tasks/task-state.js';

export interface RegisteredTask {
  readonly taskId: string;
  /** Unix epoch ms of the first occurrence, by Redis's clock. */
  readonly scheduledTimeMs: number;
}

export type CancelResult =
  /** `attemptUnderWay`: an attempt had been claimed and may still reach the receiver. */
  | { readonly kind: 'cancelled'; readonly attemptUnderWay: boolean }
  | { readonly kind: 'ended'; readonly state: EndState }
  | { readonly kind: 'not_found' };

/** What became of a change of a task that had not ended. */
export type ChangeResult =
  | ({ readonly kind: 'done' } & ChangedTask)
  | { readonly kind: 'refused'; readonly why: ChangeRefusal }
  | { readonly kind: 'ended'; readonly state: EndState }
  | { readonly kind: 'not_found' };

/** A task after a change. */
export interface ChangedTask {
  /** The next one; after a firing, the one that was fired. From 1. */
  readonly occurrence: number;
  /** When it is due, Unix epoch ms. */
  readonly dueMs: number;
  readonly attemptUnderWay: boolean;
}

/** Why a task was not changed. */
export type ChangeRefusal =
  /** It fires once, and an attempt was begun. */
  | 'begun'
  /** It is paused. */
  | 'paused'
  /** A daemon carries it out. */
  | 'execution'
  /** It fires once, so it has no interval and no phase. */
  | 'once'
  /** It recurs, and can't be made to fire once. */
  | 'recurs'
  /** It recurs by a calendar, which is its phase. */
  | 'calendar'
  /** Its callbacks are datagrams, and the payload does not fit into one. */
  | 'datagram';

export interface TaskFilter {
  /** Only tasks next due at or after this, Unix epoch ms; 0 = open. */
  readonly scheduledAfterMs: number;
  /** Only tasks next due before this, Unix epoch ms; 0 = open. */
  readonly scheduledBeforeMs: number;
  readonly recurring: boolean | undefined;
  /** Only tasks with this tag; undefined = all. */
  readonly tag?: string | undefined;
}

/** A place in a client's tasks ordered by due time, then id: right behind this task. */
export interface TaskCursor {
  readonly dueMs: number;
  readonly taskId: string;
}

export interface TaskPage {
  readonly tasks: readonly TaskDetails[];
  /** Where the next page starts; undefined when there is none. */
  readonly next: TaskCursor | undefined;
}

/**
 * Tasks as their clients see them. All methods reject with BoomerangError `exhausted`, `unavailable` or
 * `outcome_unknown`.
 */
export interface TaskStore {
  /**
   * Resolves once record and due index are written. With an idempotency key that came before, it is answered with the task
   * of then.
   *
   * @throws BoomerangError `key_reused` when the key came before with another content.
   */
  register(clientId: string, policy: DeliveryPolicy, task: NewTask): Promise<RegisteredTask>;
  /** Redis's clock, Unix epoch ms. */
  now(): Promise<number>;
  cancel(clientId: string, taskId: string): Promise<CancelResult>;
  /** Moves a task's next occurrence, and changes its interval and its payload. `mostOverUdp`: bytes of payload that fit a datagram. */
  reschedule(
    clientId: string,
    taskId: string,
    change: TaskChange,
    mostOverUdp: number,
  ): Promise<ChangeResult>;
  /** Holds a task until it is resumed. */
  pause(clientId: string, taskId: string): Promise<ChangeResult>;
  /** Lets a paused task go on. Of a recurring one, what was due during the pause is left out. */
  resume(clientId: string, taskId: string): Promise<ChangeResult>;
  /** Makes a task due now; of a recurring one an occurrence more, beside its schedule. */
  fire(clientId: string, taskId: string): Promise<ChangeResult>;
  /** A task of the client that has not ended, or ended within the retention; otherwise undefined. */
  get(clientId: string, taskId: string): Promise<TaskDetails | undefined>;
  /** Tasks that have not ended, by due time, at most `limit` and about a mebibyte of payload. */
  list(clientId: string, filter: TaskFilter, limit: number, after?: TaskCursor): Promise<TaskPage>;
}
