import type { ClaimedOccurrence } from '@boomerang/domain';
import { encodeEnvelope } from '@boomerang/protocol';

/** The callback of an occurrence as every wire that speaks envelopes carries it. */
export function callbackEnvelope(occurrence: ClaimedOccurrence): Buffer {
  const { taskId, payload, clientId, attempt, scheduledTimeMs } = occurrence;
  return encodeEnvelope({
    callbackRequest: {
      taskId,
      payload,
      clientId,
      occurrence: occurrence.occurrence,
      attempt,
      scheduledTimeMs,
    },
  });
}
