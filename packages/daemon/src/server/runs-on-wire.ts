import { hostname } from 'node:os';
import { spage } from '@boomerang/protocol';
import type { Run, RunStatus } from '../runs/run.js';
import type { Step, StepStatus, StepUpdate } from '../runs/steps.js';

const { PlayStatus, TaskPriority, TaskStatus } = spage.core;
type Core = typeof spage.core;
type Timestamp = { seconds?: number | null; nanos?: number | null };

const TASK_STATUSES: Readonly<Record<RunStatus, number>> = {
  waiting: TaskStatus.TASK_STATUS_PENDING,
  running: TaskStatus.TASK_STATUS_RUNNING,
  completed: TaskStatus.TASK_STATUS_COMPLETED,
  failed: TaskStatus.TASK_STATUS_FAILED,
  canceled: TaskStatus.TASK_STATUS_CANCELED,
};
const PLAY_STATUSES: Readonly<Record<RunStatus, number>> = {
  waiting: PlayStatus.PLAY_STATUS_PENDING,
  running: PlayStatus.PLAY_STATUS_RUNNING,
  completed: PlayStatus.PLAY_STATUS_COMPLETED,
  failed: PlayStatus.PLAY_STATUS_FAILED,
  canceled: PlayStatus.PLAY_STATUS_CANCELED,
};
const STEP_STATUSES: Readonly<Record<StepStatus, number>> = {
  running: TaskStatus.TASK_STATUS_RUNNING,
  completed: TaskStatus.TASK_STATUS_COMPLETED,
  failed: TaskStatus.TASK_STATUS_FAILED,
  skipped: TaskStatus.TASK_STATUS_SKIPPED,
};

export function runToTask(run: Run): spage.core.Task.$Properties {
  const { about, priority, status, error } = run;
  return {
    id: about.id,
    type: about.engine,
    priority: priority || TaskPriority.TASK_PRIORITY_NORMAL,
    payload: { playbook: about.playbook, inventory: about.inventory },
    status: TASK_STATUSES[status],
    progress: run.percent,
    result: { ...run.result, output: run.output },
    error,
    ...timesOf(run),
  };
}

export function runToPlay(run: Run): spage.core.SpagePlay.$Properties {
  const { id, playbook, inventory, variables } = run.about;
  return {
    id,
    playbook,
    inventory,
    hostname: hostname(),
    variables: { ...variables },
    status: PLAY_STATUSES[run.status],
    tasks: run.steps.all.map(stepToWire),
    error: run.error,
    ...timesOf(run),
  };
}

/** A step of the engine of today; undefined where nothing about a step is said. */
export function stepFromWire({
  taskId,
  taskName,
  result,
}: InstanceType<Core['TaskProgressUpdate']>): StepUpdate | undefined {
  const status = statusFromWire(result?.status);
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
  const known = (['running', 'completed', 'failed', 'skipped'] as const).find((name) => name === status);
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

export function timestamp(ms: number): { seconds: number; nanos: number } {
  return { seconds: Math.floor(ms / 1_000), nanos: Math.floor(ms % 1_000) * 1_000_000 };
}

function stepToWire(step: Step): spage.core.SpageTask.$Properties {
  const { id, name, status, output, error } = step;
  return { id, name, status: STEP_STATUSES[status], output, error, ...timesOf(step) };
}

function timesOf({ createdAtMs, updatedAtMs, startedAtMs, completedAtMs }: Run | Step) {
  return {
    createdAt: timestamp(createdAtMs),
    updatedAt: timestamp(updatedAtMs),
    ...(startedAtMs !== undefined && { startedAt: timestamp(startedAtMs) }),
    ...(completedAtMs !== undefined && { completedAt: timestamp(completedAtMs) }),
  };
}

function statusFromWire(status: number | null | undefined): StepStatus | undefined {
  const [found] = Object.entries(STEP_STATUSES).find(([, number]) => number === status) ?? [];
  return found as StepStatus | undefined;
}

function msOf(time: Timestamp | null | undefined): number | undefined {
  if (!time) return undefined;
  return Number(time.seconds ?? 0) * 1_000 + Math.floor((time.nanos ?? 0) / 1_000_000);
}
