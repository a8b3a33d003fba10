/** What can become of a task. The list is closed; a type on the wire is `task.<kind>`. */
export const TASK_EVENT_KINDS = [
  'scheduled',
  'assigned',
  'running',
  'progress',
  'output',
  'delivered',
  'completed',
  'failed',
  'retrying',
  'dead_lettered',
  'cancelling',
  'cancelled',
  'expired',
] as const;
export type TaskEventKind = (typeof TASK_EVENT_KINDS)[number];

/** Something that became of a task, as the script that did it wrote it down. */
export interface TaskEvent {
  readonly kind: TaskEventKind;
  readonly taskId: string;
  readonly occurrence: number;
  /** 0 = before its first attempt. */
  readonly attempt: number;
  /** Unix epoch ms, by Redis's clock. */
  readonly atMs: number;
  /** What else is told of it, such as when it is due, or the error that an attempt met. */
  readonly details: Readonly<Record<string, string>>;
}
