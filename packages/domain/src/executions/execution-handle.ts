import { partitionOf, TASK_ID_LENGTH } from '../tasks/task-id.js';
import type { ExecutionHandle } from './execution.js';

const HANDLE = /^([0-9a-f-]{36}):([1-9]\d{0,14}):([0-9a-f]{24})$/;

/**
 * The text that daemons get and give back as `token`: `<task id>:<occurrence>:<fencing token>`. It is all that a gateway
 * needs to find the execution, so every gateway can take every report. Opaque to daemons.
 */
export function formatExecutionHandle({ taskId, occurrence, token }: ExecutionHandle): string {
  return `${taskId}:${occurrence}:${token}`;
}

/** Undefined if `text` is no handle. */
export function parseExecutionHandle(text: string): ExecutionHandle | undefined {
  const [, taskId = '', occurrence, token = ''] = HANDLE.exec(text) ?? [];
  if (taskId.length !== TASK_ID_LENGTH || partitionOf(taskId) === undefined) return undefined;
  return { taskId, occurrence: Number(occurrence), token };
}
