import type { TaskDetails, TaskState } from '@boomerang/domain';
import { boomerang } from '@boomerang/protocol';

const STATES: Readonly<Record<TaskState, boomerang.TaskState>> = {
  scheduled: boomerang.TaskState.TASK_STATE_SCHEDULED,
  in_flight: boomerang.TaskState.TASK_STATE_IN_FLIGHT,
  retrying: boomerang.TaskState.TASK_STATE_RETRYING,
  delivered: boomerang.TaskState.TASK_STATE_DELIVERED,
  dead_lettered: boomerang.TaskState.TASK_STATE_DEAD_LETTERED,
  cancelled: boomerang.TaskState.TASK_STATE_CANCELLED,
  expired: boomerang.TaskState.TASK_STATE_EXPIRED,
  sent: boomerang.TaskState.TASK_STATE_SENT,
};

export function detailsToWire(task: TaskDetails): boomerang.TaskDetails.$Properties {
  return {
    taskId: task.taskId,
    clientId: task.clientId,
    expirationMs: task.dueMs,
    repeatIntervalMs: task.repeatIntervalMs,
    payload: task.payload,
    state: STATES[task.state],
    occurrence: task.occurrence,
  };
}
