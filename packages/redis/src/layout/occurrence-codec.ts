import { type ClaimedOccurrence, type DeliveryPolicy, TASK_ID_LENGTH } from '@boomerang/domain';
import { calendarOf } from './calendar-codec.js';
import { decodeOccurrenceState } from './occurrence-state-codec.js';
import { decodeLiveRecord, packedPartsOf } from './record-codec.js';
import { decodeParts, idempotencyKeyOf, tagsOf, traceOf } from './record-parts.js';
import { expiryOf } from './recurrence-codec.js';

/** One claimed occurrence as the claim script hands it out. */
export interface ClaimedParts {
  readonly member: Buffer;
  readonly due: Buffer | number;
  readonly record: Buffer;
  readonly state: Buffer;
}

/** Puts a claimed occurrence together. */
export function decodeOccurrence(
  { member, due, record, state }: ClaimedParts,
  partition: number,
  leaseEndsAt: number,
  policyOf: (hash: Buffer) => DeliveryPolicy,
): ClaimedOccurrence {
  const name = member.toString('latin1');
  const { token, attempts, occurrence, scheduledTimeMs, history } = decodeOccurrenceState(state);
  const { clientId, repeatIntervalMs, policyHash, payload } = decodeLiveRecord(record);
  const parts = decodeParts(packedPartsOf(record));
  const expiry = expiryOf(parts);
  return {
    partition,
    taskId: name.slice(0, TASK_ID_LENGTH),
    clientId,
    occurrence,
    attempt: attempts,
    scheduledTimeMs,
    dueMs: Number(String(due)),
    repeatIntervalMs,
    calendar: calendarOf(parts),
    tags: tagsOf(parts),
    expiresAtMs: expiry && scheduledTimeMs + expiry.afterMs,
    idempotencyKey: idempotencyKeyOf(parts),
    traceparent: traceOf(parts),
    policy: policyOf(policyHash),
    payload,
    history,
    member: name,
    token,
    leaseEndsAt,
  };
}
