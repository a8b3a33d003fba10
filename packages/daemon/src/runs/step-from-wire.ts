import { spage } from '@boomerang/protocol';
import type { FinalMessage } from './final-message.js';
import type { StepStatus, StepUpdate } from './steps.js';

const { PlayStatus, TaskStatus } = spage.core;
type Core = typeof spage.core;
type Timestamp = { seconds?: number | null; nanos?: number | null };

export const STEP_STATUSES: Readonly<Record<StepStatus, number>> = {
  running: TaskStatus.TASK_STATUS_RUNNING,
  completed: TaskStatus.TASK_STATUS_COMPLETED,
  failed: TaskStatus.TASK_STATUS_FAILED,
  skipped: TaskStatus.TASK_STATUS_SKIPPED,
};
const NAMES: readonly StepStatus[] = ['running', 'completed', 'failed', 'skipped'];

/** A step of the engine of today; undefined where nothing about a step is said. */
export function stepFromWire({
  taskId,
  taskName,
  result,
}: InstanceType<Core['TaskProgressUpdate']>): StepUpdate | undefined {
  const status = NAMES.find((name) => STEP_STATUSES[name] === result?.status);
  if (!result || !status) return undefined;
  const name = result.taskName || taskName;
  return {
    key: taskId === 0 ? `0 ${name}` : String(taskId),
    id: taskId,
    name,
    status,
    output: result.output ?? '',
    error: result.error ?? '',
    startedAtMs: msOf(result.startedAt),
    completedAtMs: msOf(result.completedAt),
  };
}

/** A step of the first engines, whose metadata says what it is. */
export function stepFromProgress(update: InstanceType<Core['ProgressUpdate']>): StepUpdate | undefined {
  const { task = '', host = '', status = '', error = '' } = update.metadata;
  const known = NAMES.find((name) => name === status);
  if (!known) return undefined;
  const atMs = msOf(update.timestamp);
  return {
    key: `${task} on ${host}`,
    id: 0,
    name: task || update.message,
    status: known,
    output: '',
    error,
    startedAtMs: known === 'running' ? atMs : undefined,
    completedAtMs: known === 'running' ? undefined : atMs,
  };
}

/** How a play ended; undefined where that isn't said. */
export function finalFromWire(status: number, error: string): FinalMessage | undefined {
  if (status === PlayStatus.PLAY_STATUS_COMPLETED) return { succeeded: true, error: '' };
  return status === PlayStatus.PLAY_STATUS_FAILED ? { succeeded: false, error } : undefined;
}

function msOf(time: Timestamp | null | undefined): number | undefined {
  if (!time) return undefined;
  return Number(time.seconds ?? 0) * 1_000 + Math.floor((time.nanos ?? 0) / 1_000_000);
}
