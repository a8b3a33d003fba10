import type { Calendar, CalendarTimes } from '@boomerang/domain';
import type { Parts } from './record-parts.js';

/** Its tag among a record's parts; layout as in `scripts/lib/calendar.lua`. */
export const CALENDAR_PART = 200;
/** The interval in the record of a task that recurs by a calendar: such tasks recur, but not by an interval. */
export const CALENDAR_INTERVAL_MS = 1;
/** How many times a record has room for. */
export const MOST_TIMES = 3;

const TIME_BYTES = 6;
const LATEST_AT = 1 + MOST_TIMES * TIME_BYTES;
const ZONE_LENGTH_AT = LATEST_AT + TIME_BYTES;

export function encodeCalendarPart({ cron, timeZone, timesMs }: CalendarTimes): Buffer {
  const times = timesMs.slice(0, MOST_TIMES);
  const fixed = Buffer.alloc(ZONE_LENGTH_AT + 1);
  fixed.writeUInt8(times.length, 0);
  times.forEach((time, i) => {
    fixed.writeUIntBE(time, 1 + i * TIME_BYTES, TIME_BYTES);
  });
  fixed.writeUInt8(timeZone.length, ZONE_LENGTH_AT);
  return Buffer.concat([fixed, Buffer.from(timeZone), Buffer.from(cron)]);
}

export function decodeCalendarPart(part: Buffer): Calendar {
  const zoneEnd = ZONE_LENGTH_AT + 1 + part.readUInt8(ZONE_LENGTH_AT);
  return {
    timeZone: part.toString('utf8', ZONE_LENGTH_AT + 1, zoneEnd),
    cron: part.toString('utf8', zoneEnd),
  };
}

/** By what a task recurs; undefined if it doesn't recur by a calendar. */
export function calendarOf(parts: Parts): Calendar | undefined {
  const part = parts.get(CALENDAR_PART);
  return part && decodeCalendarPart(part);
}
