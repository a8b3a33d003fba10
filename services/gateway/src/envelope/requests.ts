import { type DecodedEnvelope, MAX_FRAME_BYTES } from '@boomerang/protocol';
import { listDeadLetters } from '../operations/dead-letters/list-dead-letters.js';
import { purgeDeadLetters } from '../operations/dead-letters/purge-dead-letters.js';
import { replayDeadLetters } from '../operations/dead-letters/replay-dead-letters.js';
import { previewSchedule } from '../operations/schedules/preview-schedule.js';
import { cancelTask } from '../operations/tasks/cancel-task.js';
import { fireTask } from '../operations/tasks/fire-task.js';
import { getTask } from '../operations/tasks/get-task.js';
import { listTasks } from '../operations/tasks/list-tasks.js';
import { registerTask } from '../operations/tasks/register-task.js';
import { registerTasks } from '../operations/tasks/register-tasks.js';
import { rescheduleTask } from '../operations/tasks/reschedule-task.js';
import { setPaused } from '../operations/tasks/set-paused.js';
import { batchFromWire, batchToWire } from './batches-on-wire.js';
import * as changes from './changes-on-wire.js';
import { clientRows } from './client-rows.js';
import * as deadLetters from './dead-letters-on-wire.js';
import { operationRow, type RequestRow } from './request-row.js';
import { previewFromWire } from './schedules-on-wire.js';
import { handshakeRow, refreshRow } from './session-rows.js';
import * as tasks from './tasks-on-wire.js';

/** All requests that an envelope may carry. */
const ROWS: readonly RequestRow[] = [
  handshakeRow,
  refreshRow,
  ...clientRows,
  operationRow({
    request: 'registrationRequest',
    response: 'registrationResponse',
    large: false,
    operation: registerTask,
    fromWire: tasks.taskFromWire,
    toWire: (registered) => registered,
  }),
  operationRow({
    request: 'batchRegistrationRequest',
    response: 'batchRegistrationResponse',
    large: true,
    operation: registerTasks,
    fromWire: batchFromWire,
    toWire: batchToWire,
  }),
  operationRow({
    request: 'cancellationRequest',
    response: 'cancellationResponse',
    large: false,
    operation: cancelTask,
    fromWire: ({ taskId }) => taskId ?? '',
    toWire: (attemptUnderWay) => ({ attemptUnderWay }),
  }),
  operationRow({
    request: 'rescheduleRequest',
    response: 'rescheduleResponse',
    large: false,
    operation: rescheduleTask,
    fromWire: changes.rescheduleFromWire,
    toWire: changes.changedToWire,
  }),
  operationRow({
    request: 'pauseResumeRequest',
    response: 'pauseResumeResponse',
    large: false,
    operation: setPaused,
    fromWire: changes.setPausedFromWire,
    toWire: (changed) => ({ ...changes.changedToWire(changed), attemptUnderWay: changed.attemptUnderWay }),
  }),
  operationRow({
    request: 'fireRequest',
    response: 'fireResponse',
    large: false,
    operation: fireTask,
    fromWire: ({ taskId }) => taskId ?? '',
    toWire: changes.changedToWire,
  }),
  operationRow({
    request: 'getTaskRequest',
    response: 'getTaskResponse',
    large: true,
    operation: getTask,
    fromWire: ({ taskId }) => taskId ?? '',
    toWire: (task) => ({ task: tasks.detailsToWire(task) }),
  }),
  operationRow({
    request: 'listTasksRequest',
    response: 'listTasksResponse',
    large: true,
    operation: listTasks,
    fromWire: tasks.listRequestFromWire,
    toWire: tasks.listAnswerToWire,
  }),
  operationRow({
    request: 'listDeadLettersRequest',
    response: 'listDeadLettersResponse',
    large: true,
    operation: listDeadLetters,
    fromWire: deadLetters.listRequestFromWire,
    toWire: deadLetters.listAnswerToWire,
  }),
  operationRow({
    request: 'replayDeadLettersRequest',
    response: 'replayDeadLettersResponse',
    large: true,
    operation: replayDeadLetters,
    fromWire: deadLetters.replayRequestFromWire,
    toWire: deadLetters.replayAnswerToWire,
  }),
  operationRow({
    request: 'purgeDeadLettersRequest',
    response: 'purgeDeadLettersResponse',
    large: true,
    operation: purgeDeadLetters,
    fromWire: deadLetters.purgeRequestFromWire,
    toWire: deadLetters.purgeAnswerToWire,
  }),
  operationRow({
    request: 'previewScheduleRequest',
    response: 'previewScheduleResponse',
    large: false,
    operation: previewSchedule,
    fromWire: previewFromWire,
    toWire: (times) => ({ times: [...times] }),
  }),
];

const BY_REQUEST = new Map<string | undefined, RequestRow>(ROWS.map((row) => [row.request, row]));

/** Undefined for an envelope that holds no request. */
export function rowOf({ payload }: DecodedEnvelope): RequestRow | undefined {
  return BY_REQUEST.get(payload);
}

/** How large the answer may get. */
export function mostAnswerBytes(request: DecodedEnvelope): number {
  return rowOf(request)?.large ? MAX_FRAME_BYTES : 256;
}
