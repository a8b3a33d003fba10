import { hostname } from 'node:os';
import { spage } from '@boomerang/protocol';
import type { Run, RunStatus } from '../runs/run.js';
import { STEP_STATUSES } from '../runs/step-from-wire.js';
import type { Step } from '../runs/steps.js';

const { PlayStatus, TaskPriority, TaskStatus } = spage.core;

const TASK_STATUSES: Readonly<Record<RunStatus, number>> = {
  waiting: TaskStatus.TASK_STATUS_PENDING,
  running: TaskStatus.TASK_STATUS_RUNNING,
  unknown: TaskStatus.TASK_STATUS_UNSPECIFIED,
  completed: TaskStatus.TASK_STATUS_COMPLETED,
  failed: TaskStatus.TASK_STATUS_FAILED,
  canceled: TaskStatus.TASK_STATUS_CANCELED,
};
const PLAY_STATUSES: Readonly<Record<RunStatus, number>> = {
  waiting: PlayStatus.PLAY_STATUS_PENDING,
  running: PlayStatus.PLAY_STATUS_RUNNING,
  unknown: PlayStatus.PLAY_STATUS_FAILED,
  completed: PlayStatus.PLAY_STATUS_COMPLETED,
  failed: PlayStatus.PLAY_STATUS_FAILED,
  canceled: PlayStatus.PLAY_STATUS_CANCELED,
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
