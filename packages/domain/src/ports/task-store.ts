import type { DeliveryPolicy } from '../policy/delivery-policy.js';
import type { EndState, NewTask, TaskDetails } from '../tasks/task.js';

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
  /** A task of the client that has not ended, or ended within the retention; otherwise undefined. */
  get(clientId: string, taskId: string): Promise<TaskDetails | undefined>;
  /** Tasks that have not ended, by due time, at most `limit` and about a mebibyte of payload. */
  list(clientId: string, filter: TaskFilter, limit: number, after?: TaskCursor): Promise<TaskPage>;
}
