import { type ChangedTask, type TaskChange, validateTaskChange } from '@boomerang/domain';
import type { Operation } from '../operation.js';
import { changedTask } from './changed-task.js';
import { tooLargeForDatagram } from './datagram-limits.js';

export interface RescheduleRequest extends TaskChange {
  readonly taskId: string;
}

/**
 * Changes when a task of the caller's client is due next, its interval and its payload, each if asked for. It counts as a registration
 * where the client's limits are concerned. What has begun is not changed: then it rejects with `conflict`.
 */
export const rescheduleTask: Operation<RescheduleRequest, ChangedTask> = {
  permission: 'manage',
  changes: true,
  async run({ tasks, datagrams, requireRoom, admit }, { clientId }, { taskId, ...change }) {
    validateTaskChange(change);
    const { payload, repeatIntervalMs = 0 } = change;
    const payloadBytes = payload?.length ?? 0;
    if (payload) requireRoom(payloadBytes);
    await admit(clientId, { count: 0, payloadBytes, repeatIntervalMs });
    const most = datagrams.mostPayloadBytes(clientId);
    const result = await tasks.reschedule(clientId, taskId, change, most);
    if (result.kind === 'refused' && result.why === 'datagram') {
      throw tooLargeForDatagram(datagrams, clientId, payloadBytes);
    }
    return changedTask(taskId, result);
  },
};
