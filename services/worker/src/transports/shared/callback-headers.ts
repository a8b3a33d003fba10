import type { ClaimedOccurrence } from '@boomerang/domain';

/** What identifies an attempt: headers over HTTP, metadata over gRPC. */
export function callbackHeaders(occurrence: ClaimedOccurrence): Record<string, string> {
  return {
    'user-agent': 'boomerang',
    'boomerang-client-id': occurrence.clientId,
    'boomerang-task-id': occurrence.taskId,
    'boomerang-occurrence': String(occurrence.occurrence),
    'boomerang-attempt': String(occurrence.attempt),
    'boomerang-scheduled-time-ms': String(occurrence.scheduledTimeMs),
  };
}
