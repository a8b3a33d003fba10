import { type ClaimedOccurrence, type DeliveryPolicy, TASK_ID_LENGTH } from '@boomerang/domain';
import { decodeOccurrenceState } from './occurrence-state-codec.js';

/** One claimed occurrence as the claim script hands it out. */
export interface ClaimedParts {
  readonly member: Buffer;
  readonly due: Buffer | number;
  readonly record: Buffer;
  readonly state: Buffer;
}

const INTERVAL_AT = 7;
const HASH_AT = 21;
const CLIENT_LENGTH_AT = 37;
/** In the first byte: this many bytes stand before the payload. */
const ORIGIN = 128;
const ORIGIN_BYTES = 12;

/** Puts a claimed occurrence together; layouts as in `scripts/lib/record.lua`. */
export function decodeOccurrence(
  { member, due, record, state }: ClaimedParts,
  partition: number,
  leaseEndsAt: number,
  policyOf: (hash: Buffer) => DeliveryPolicy,
): ClaimedOccurrence {
  const name = member.toString('latin1');
  const { token, attempts, occurrence, scheduledTimeMs, history } = decodeOccurrenceState(state);
  const clientEnd = CLIENT_LENGTH_AT + 1 + record.readUInt8(CLIENT_LENGTH_AT);
  return {
    partition,
    taskId: name.slice(0, TASK_ID_LENGTH),
    clientId: record.toString('utf8', CLIENT_LENGTH_AT + 1, clientEnd),
    occurrence,
    attempt: attempts,
    scheduledTimeMs,
    dueMs: Number(String(due)),
    repeatIntervalMs: record.readUIntBE(INTERVAL_AT, 6),
    policy: policyOf(record.subarray(HASH_AT, HASH_AT + 16)),
    payload: record.subarray(record.readUInt8(0) < ORIGIN ? clientEnd : clientEnd + ORIGIN_BYTES),
    history,
    member: name,
    token,
    leaseEndsAt,
  };
}
