import type { AttemptRecord, TaskDetails } from '@boomerang/domain';
import type { Static } from 'typebox';
import { endsToJson } from './ends-json.js';
import { payloadToJson } from './payload-from-json.js';
import type { TaskJson } from './schemas.js';

export function timeToJson(ms: number): string {
  return new Date(ms).toISOString();
}

export function taskToJson(task: TaskDetails): Static<typeof TaskJson> {
  return {
    id: task.taskId,
    state: task.state,
    dueAt: timeToJson(task.dueMs),
    occurrence: task.occurrence,
    ...(task.repeatIntervalMs !== 0 && { repeatInterval: task.repeatIntervalMs }),
    ...(task.calendar && { cron: task.calendar.cron, timeZone: task.calendar.timeZone }),
    attempts: task.attempts.map(attemptToJson),
    ...waitingToJson(task),
    ...(task.replayOf !== undefined && { replayOf: task.replayOf }),
    tags: [...task.tags],
    ...endsToJson(task),
    ...(task.payload.length > 0 && payloadToJson(task.payload)),
  };
}

export function attemptToJson({ atMs, ...attempt }: AttemptRecord) {
  return { ...attempt, at: timeToJson(atMs) };
}

function waitingToJson({ waitingFor }: TaskDetails) {
  if (!waitingFor) return {};
  if (waitingFor.reason === 'turn') return { waitingFor };
  if (waitingFor.reason === 'paused')
    return { waitingFor: { reason: waitingFor.reason, since: timeToJson(waitingFor.sinceMs) } };
  const { reason, endpoint, untilMs } = waitingFor;
  return { waitingFor: { reason, endpoint, until: timeToJson(untilMs) } };
}
