import { type ChangedTask, invalidField } from '@boomerang/domain';
import { boomerang } from '@boomerang/protocol';
import type { RescheduleRequest } from '../operations/tasks/reschedule-task.js';
import type { SetPausedRequest } from '../operations/tasks/set-paused.js';

const { Action } = boomerang.PauseResumeRequest;

export function rescheduleFromWire(wire: boomerang.RescheduleRequest.$Properties): RescheduleRequest {
  return {
    taskId: wire.taskId ?? '',
    delayMs: wire.delayMs ?? undefined,
    atMs: wire.atMs ?? undefined,
    repeatIntervalMs: wire.repeatIntervalMs ?? undefined,
    payload: wire.payload ?? undefined,
    newPhase: wire.newPhase ?? false,
  };
}

/** @throws BoomerangError `invalid_request` */
export function setPausedFromWire({
  taskId,
  action,
}: boomerang.PauseResumeRequest.$Properties): SetPausedRequest {
  if (action === Action.PAUSE) return { taskId: taskId ?? '', paused: true };
  if (action === Action.RESUME) return { taskId: taskId ?? '', paused: false };
  throw invalidField('action', `unknown action ${action ?? 0}`, 'PAUSE (1) or RESUME (2)');
}

export function changedToWire({ occurrence, dueMs }: ChangedTask) {
  return { occurrence, scheduledTimeMs: dueMs };
}
