import { type AttemptFailure, type AttemptRecord, ERROR_CLASSES, type ErrorClass } from '@boomerang/domain';

/** Bytes of an entry but for its error; layouts as in `scripts/lib/record.lua`. */
const FIXED_BYTES = 14;
const OCCURRENCE_BYTES = 6;
const MAX_ERROR_BYTES = 255;

/** An outcome that is a failure is numbered as its class is in ERROR_CLASSES. */
const SUCCESSES = { delivered: 128, sent: 129, stop: 130 } as const;

type Outcome = AttemptRecord['outcome'];

const OUTCOMES = new Map<number, Outcome>([
  ...ERROR_CLASSES.map((errorClass, code) => [code, errorClass] as const),
  ...Object.entries(SUCCESSES).map(([outcome, code]) => [code, outcome as Outcome] as const),
]);
const CODES = new Map([...OUTCOMES].map(([code, outcome]) => [outcome, code]));

/** One attempt as an entry of a history. */
export function encodeEntry(attempt: Omit<AttemptRecord, 'occurrence'>): Buffer {
  const text = firstBytes(Buffer.from(attempt.error), MAX_ERROR_BYTES);
  const fixed = Buffer.allocUnsafe(FIXED_BYTES);
  fixed.writeUInt16BE(Math.min(attempt.attempt, 65_535), 0);
  fixed.writeUIntBE(Math.max(0, Math.round(attempt.atMs)), 2, 6);
  fixed.writeUInt32BE(Math.max(0, Math.round(attempt.durationMs)), 8);
  fixed.writeUInt8(CODES.get(attempt.outcome) as number, 12);
  fixed.writeUInt8(text.length, 13);
  return Buffer.concat([fixed, text]);
}

/** No more than `most` of them, and no part of a character. */
function firstBytes(text: Buffer, most: number): Buffer {
  if (text.length <= most) return text;
  let end = most;
  while (((text[end] as number) & 0xc0) === 0x80) end--;
  return text.subarray(0, end);
}

/** A one-shot task's history. */
export function decodeAttempts(bytes: Buffer): AttemptRecord[] {
  return decodeEntries(bytes, 0, () => 1);
}

/** A recurring task's latest attempts. */
export function decodeLatestAttempts(bytes: Buffer): AttemptRecord[] {
  return decodeEntries(bytes, OCCURRENCE_BYTES, (at) => bytes.readUIntBE(at, OCCURRENCE_BYTES));
}

/** The failures of an occurrence that has not been delivered. */
export function decodeHistory(bytes: Buffer): AttemptFailure[] {
  return decodeAttempts(bytes).map(({ attempt, atMs, durationMs, outcome, error }) => {
    return { attempt, atMs, durationMs, errorClass: outcome as ErrorClass, error };
  });
}

function decodeEntries(bytes: Buffer, ahead: number, occurrenceAt: (at: number) => number): AttemptRecord[] {
  const attempts: AttemptRecord[] = [];
  for (let start = 0; start < bytes.length; ) {
    const at = start + ahead;
    const end = at + FIXED_BYTES + bytes.readUInt8(at + 13);
    attempts.push({
      occurrence: occurrenceAt(start),
      attempt: bytes.readUInt16BE(at),
      atMs: bytes.readUIntBE(at + 2, 6),
      durationMs: bytes.readUInt32BE(at + 8),
      outcome: outcomeOf(bytes.readUInt8(at + 12)),
      error: bytes.toString('utf8', at + FIXED_BYTES, end),
    });
    start = end;
  }
  return attempts;
}

function outcomeOf(code: number): Outcome {
  const outcome = OUTCOMES.get(code);
  if (outcome === undefined) throw new Error(`a history carries the unknown outcome ${code}`);
  return outcome;
}
