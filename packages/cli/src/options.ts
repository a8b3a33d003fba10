import { UsageError } from './usage-error.js';

/** The error for an option with a bad value. */
export function badOption(option: string, text: string, allowed: string): Error {
  return new UsageError(`${option}: ${JSON.stringify(text)} can't be used; allowed: ${allowed}`);
}

const TIME = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/;
const TIME_ALLOWED = 'a day or a time with its zone, such as 2026-11-22, 2026-11-22T10:00Z';

/** Unix epoch ms. @throws Error that names the option and what is allowed. */
export function parseTime(option: string, text: string): number {
  const ms = TIME.test(text) ? Date.parse(text) : Number.NaN;
  if (ms > 0) return ms;
  throw badOption(option, text, TIME_ALLOWED);
}

const UNIT_MS = { d: 86_400_000, h: 3_600_000, m: 60_000 } as const;

/**
 * Unix epoch ms of a time in the future, given as a time or as a duration from now.
 *
 * @throws Error that names the option and what is allowed.
 */
export function parseEnd(option: string, text: string): number {
  const [, count, unit = ''] = /^(\d{1,5})([dhm])$/.exec(text) ?? [];
  const ms = count ? Date.now() + Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS] : Date.parse(text);
  if ((count || TIME.test(text)) && ms > Date.now()) return ms;
  throw badOption(
    option,
    text,
    `a time in the future: so many days, hours or minutes (90d, 12h, 30m), ${TIME_ALLOWED}`,
  );
}
