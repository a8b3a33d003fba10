/** Kinds of events of a task. The list is closed; a type on the wire is `task.<kind>`. */
export const TASK_EVENT_KINDS = [
  'waiting',
  'scheduled',
  'ready',
  'rescheduled',
  'paused',
  'resumed',
  'fired',
  'assigned',
  'running',
  'progress',
  'output',
  'delivered',
  'completed',
  'failed',
  'timed_out',
  'retrying',
  'dead_lettered',
  'cancelling',
  'cancelled',
  'expired',
] as const;
export type TaskEventKind = (typeof TASK_EVENT_KINDS)[number];

/** An event of a task, as written by the script that made the change. */
export interface TaskEvent {
  readonly kind: TaskEventKind;
  readonly taskId: string;
  readonly occurrence: number;
  /** 0 = before its first attempt. */
  readonly attempt: number;
  /** Unix epoch ms, by Redis's clock. */
  readonly atMs: number;
  /** Further data by name, such as when the task is due, or the error of an attempt. */
  readonly details: Readonly<Record<string, string>>;
}
