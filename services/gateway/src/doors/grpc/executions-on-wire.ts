import {
  BoomerangError,
  EXECUTION_STATES,
  type ExecutionDetails,
  type ExecutionStatus,
  invalidField,
  PRIORITIES,
  type Priority,
  priorityNumber,
  type SubmissionRequest,
} from '@boomerang/domain';
import { spage } from '@boomerang/protocol';
import type { Outcome } from '../../operations/batch.js';
import type { BatchItem } from '../../operations/executions/submit-executions.js';
import { errorToSpage } from './status.js';

const { TaskStatus } = spage.core;

const STATUSES: Readonly<Record<ExecutionStatus, spage.core.TaskStatus>> = {
  pending: TaskStatus.TASK_STATUS_PENDING,
  running: TaskStatus.TASK_STATUS_RUNNING,
  completed: TaskStatus.TASK_STATUS_COMPLETED,
  failed: TaskStatus.TASK_STATUS_FAILED,
  canceled: TaskStatus.TASK_STATUS_CANCELED,
};

/** @throws BoomerangError `invalid_request` for an unknown priority. */
export function submissionFromWire(wire: spage.api.SubmitTaskRequest.$Properties): SubmissionRequest {
  return {
    name: wire.taskId ?? '',
    type: wire.type ?? '',
    priority: priorityFromWire(wire.priority ?? 0),
    payload: wire.payload ?? {},
    metadata: wire.metadata ?? {},
  };
}

export function submissionsFromWire({ tasks }: spage.api.SubmitTasksRequest.$Properties): BatchItem[] {
  return (tasks ?? []).map((task) => {
    try {
      return submissionFromWire(task);
    } catch (error) {
      return { name: task.taskId ?? '', refusal: BoomerangError.from(error) };
    }
  });
}

/** The items of a batch, of which each that failed has its error. */
export function resultsToWire<T, Result>(
  outcomes: readonly Outcome<T>[],
  toWire: (outcome: T) => Result,
): (Result | { success: false; error: spage.core.Error.$Properties })[] {
  return outcomes.map((outcome) =>
    outcome instanceof BoomerangError ? { success: false, error: errorToSpage(outcome) } : toWire(outcome),
  );
}

export function executionToWire(task: ExecutionDetails): spage.core.Task.$Properties {
  const { number, status } = EXECUTION_STATES[task.state];
  return {
    id: task.name === '' ? task.taskId : task.name,
    type: task.type,
    priority: priorityNumber(task.priority),
    payload: { ...task.payload },
    status: STATUSES[status],
    progress: task.progress,
    result: { ...task.result },
    error: task.error,
    waitingFor: task.waitingFor,
    state: number,
    createdAt: timestamp(task.createdAtMs),
    updatedAt: timestamp(task.updatedAtMs),
    startedAt: timestamp(task.startedAtMs),
    completedAt: timestamp(task.completedAtMs),
  };
}

export function timestamp(ms: number | undefined) {
  if (ms === undefined) return null;
  return { seconds: Math.floor(ms / 1_000), nanos: Math.round((ms % 1_000) * 1_000_000) };
}

function priorityFromWire(number: number): Priority {
  if (number === 0) return 'normal';
  const priority = PRIORITIES[number - 1];
  if (!priority)
    throw invalidField('priority', `${number} is unknown`, '0 (normal), or 1 (low) to 4 (critical)');
  return priority;
}
