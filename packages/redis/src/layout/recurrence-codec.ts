import { type Expiry, MISSED, OVERLAPS, type Recurrence } from '@boomerang/domain';
import type { Part, Parts } from './record-parts.js';

/** Its tag among a record's parts; layout as in `scripts/lib/recurrence.lua`. */
const RECURRENCE = 133;
const RECURRENCE_BYTES = 28;
/** The same; `scripts/lib/parts.lua` has its layout. */
const EXPIRY = 131;
const TIME_BYTES = 6;

/** None if the task never expires. */
export function expiryPart(expiry: Expiry | undefined): Part[] {
  if (!expiry) return [];
  const value = Buffer.alloc(TIME_BYTES + Number(expiry.deadLetters), 1);
  value.writeUIntBE(expiry.afterMs, 0, TIME_BYTES);
  return [[EXPIRY, value]];
}

export function expiryOf(parts: Parts): Expiry | undefined {
  const value = parts.get(EXPIRY);
  return value && { afterMs: value.readUIntBE(0, TIME_BYTES), deadLetters: value.length > TIME_BYTES };
}

/** None if the task goes on as by default. */
export function recurrencePart(recurrence: Recurrence | undefined): Part[] {
  if (!recurrence) return [];
  const value = Buffer.alloc(RECURRENCE_BYTES);
  value.writeUInt8(MISSED.indexOf(recurrence.missed), 0);
  value.writeUInt8(OVERLAPS.indexOf(recurrence.overlap), 1);
  value.writeUIntBE(recurrence.maxOccurrences ?? 0, 2, TIME_BYTES);
  value.writeUIntBE(recurrence.untilMs ?? 0, 2 + TIME_BYTES, TIME_BYTES);
  return [[RECURRENCE, value]];
}

/** Undefined if the task goes on as by default. */
export function recurrenceOf(parts: Parts): Recurrence | undefined {
  const value = parts.get(RECURRENCE);
  return (
    value && {
      missed: MISSED[value.readUInt8(0)] ?? 'coalesce',
      overlap: OVERLAPS[value.readUInt8(1)] ?? 'allow',
      maxOccurrences: value.readUIntBE(2, TIME_BYTES) || undefined,
      untilMs: value.readUIntBE(2 + TIME_BYTES, TIME_BYTES) || undefined,
    }
  );
}
