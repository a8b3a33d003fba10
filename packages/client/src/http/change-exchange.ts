import { boomerang } from '@boomerang/protocol';
import type { RequestEnvelope } from '../connection/request-envelope.js';
import { base64Of, type Exchange, epochMs, taskPath } from './api-request.js';

interface ChangedJson {
  readonly occurrence?: number;
  readonly dueAt?: string;
  readonly attemptUnderWay?: boolean;
}

/** Of a request that changes a task; undefined if it is none. */
export function changeExchangeOf({
  rescheduleRequest,
  pauseResumeRequest,
  fireRequest,
}: RequestEnvelope): Exchange | undefined {
  if (rescheduleRequest) return reschedule(rescheduleRequest);
  if (fireRequest) {
    return {
      method: 'POST',
      path: `${taskPath(fireRequest.taskId)}/fire`,
      toAnswer: (json) => ({ fireResponse: toChanged(json) }),
    };
  }
  if (!pauseResumeRequest) return undefined;
  const { taskId, action } = pauseResumeRequest;
  const pauses = action === boomerang.PauseResumeRequest.Action.PAUSE;
  return {
    method: 'POST',
    path: `${taskPath(taskId)}/${pauses ? 'pause' : 'resume'}`,
    toAnswer: (json: ChangedJson) => ({
      pauseResumeResponse: { ...toChanged(json), attemptUnderWay: json.attemptUnderWay ?? false },
    }),
  };
}

function reschedule(request: boomerang.RescheduleRequest.$Properties): Exchange {
  const { taskId, delayMs, atMs, repeatIntervalMs, payload, newPhase } = request;
  return {
    method: 'PATCH',
    path: taskPath(taskId),
    body: {
      ...(typeof delayMs === 'number' && { delay: delayMs }),
      ...(typeof atMs === 'number' && { at: new Date(atMs) }),
      ...(typeof repeatIntervalMs === 'number' && { repeatInterval: repeatIntervalMs }),
      ...(payload && { base64: base64Of(payload) }),
      ...(newPhase && { newPhase }),
    },
    toAnswer: (json) => ({ rescheduleResponse: toChanged(json) }),
  };
}

function toChanged({ occurrence, dueAt }: ChangedJson) {
  return { occurrence: occurrence ?? 0, scheduledTimeMs: epochMs(dueAt) };
}
