import type { ClaimedOccurrence } from '@boomerang/domain';

/** What identifies an attempt: headers over HTTP, metadata over gRPC. */
export function callbackHeaders(occurrence: ClaimedOccurrence): Record<string, string> {
  const { latenessMs, tags, idempotencyKey, traceparent } = occurrence;
  return {
    'user-agent': 'boomerang',
    'boomerang-client-id': occurrence.clientId,
    'boomerang-task-id': occurrence.taskId,
    'boomerang-occurrence': String(occurrence.occurrence),
    'boomerang-attempt': String(occurrence.attempt),
    'boomerang-scheduled-time-ms': String(occurrence.scheduledTimeMs),
    ...(latenessMs !== undefined && { 'boomerang-lateness-ms': String(latenessMs) }),
    ...(traceparent !== undefined && { traceparent }),
    ...(tags.length > 0 && { 'boomerang-tags': tags.map(inHeader).join(',') }),
    ...(idempotencyKey !== undefined && { 'boomerang-idempotency-key': inHeader(idempotencyKey) }),
  };
}

/** What no header can carry, and what would be mistaken in one, is percent-encoded. */
function inHeader(text: string): string {
  return text.replace(/[^!-$&-+\--~]/gu, encodeURIComponent);
}
