/**
 * A task id is a UUIDv7 (RFC 9562) whose `rand_a` bits carry the task's partition, so that the id alone finds the
 * task's keys: `tttttttt-tttt-7ppp-vrrr-rrrrrrrrrrrr` (t = Unix epoch ms, p = partition, r = random).
 */
export type TaskId = string;

/** `rand_a` has 12 bits. */
export const MAX_PARTITIONS = 4096;

/** Length of a task id as text. */
export const TASK_ID_LENGTH = 36;

const PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** A new id in `partition` (0 to 4095), stamped with `nowMs` (Unix epoch ms). */
export function createTaskId(partition: number, nowMs: number): TaskId {
  const time = hex(nowMs, 12);
  const random = crypto.randomUUID();
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(partition, 3)}${random.slice(18)}`;
}

/** The partition an id names, or undefined if `text` is not a task id. */
export function partitionOf(text: string): number | undefined {
  return PATTERN.test(text) ? Number.parseInt(text.slice(15, 18), 16) : undefined;
}

function hex(value: number, digits: number): string {
  return Math.floor(value).toString(16).padStart(digits, '0');
}
