import { MAX_DELAY_MS, MAX_PAYLOAD_BYTES, MIN_REPEAT_INTERVAL_MS } from '@boomerang/domain';
import type { boomerang } from '@boomerang/protocol';
import { checkEpochMs, checkText, checkWhole } from '../arguments/check-values.js';
import { invalidArgument } from '../arguments/invalid-argument.js';
import { type Bytes, toBytes } from '../arguments/to-bytes.js';

const DELAY = { least: 0, most: MAX_DELAY_MS, unit: 'milliseconds' };
const INTERVAL = { least: MIN_REPEAT_INTERVAL_MS, most: MAX_DELAY_MS, unit: 'milliseconds' };

interface TaskArguments {
  readonly payload: Bytes;
  readonly delayMs: number;
  /** Absent: once. */
  readonly intervalMs?: number;
  /** Unix epoch ms, or a Date: in the place of the delay. */
  readonly at?: number | Date;
}

const CRON = 'a cron expression of 5 or 6 fields';
const TIME_ZONE = 'a name of the IANA time zone database, such as Europe/Berlin';

interface CalendarArguments {
  readonly cron: string;
  readonly timeZone?: string | undefined;
}

/** @throws BoomerangClientError `INVALID_REQUEST`. */
export function toCalendar({ cron, timeZone }: CalendarArguments): { cron: string; timeZone?: string } {
  return {
    cron: checkText('cron', cron, CRON),
    ...(timeZone !== undefined && { timeZone: checkText('timeZone', timeZone, TIME_ZONE) }),
  };
}

/**
 * A task as it is registered.
 *
 * @throws BoomerangClientError `INVALID_REQUEST`.
 */
export function toTask({ payload, delayMs, intervalMs, at }: TaskArguments): boomerang.Task.$Properties {
  return {
    payload: checkPayload(payload),
    repeatIntervalMs: intervalMs === undefined ? 0 : checkInterval(intervalMs),
    delayMs: checkDelay(delayMs),
    ...(at !== undefined && { atMs: checkTime('at', at) }),
  };
}

/** @throws BoomerangClientError `INVALID_REQUEST`, as those below. */
export function checkPayload(payload: Bytes): Uint8Array {
  const bytes = toBytes('payload', payload);
  if (bytes.length <= MAX_PAYLOAD_BYTES) return bytes;
  throw invalidArgument('payload', `${bytes.length} bytes`, `at most ${MAX_PAYLOAD_BYTES} bytes (1 MiB)`);
}

export function checkDelay(delayMs: number): number {
  return checkWhole('delayMs', delayMs, DELAY);
}

export function checkInterval(intervalMs: number): number {
  return checkWhole('intervalMs', intervalMs, INTERVAL);
}

export function checkTime(field: string, at: Date | number): number {
  return checkEpochMs(field, at instanceof Date ? at.getTime() : at, 1);
}
