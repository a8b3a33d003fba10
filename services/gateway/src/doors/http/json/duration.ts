import { invalidField, quote } from '@boomerang/domain';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const TEXT = /^(\d{1,15}(?:\.\d{1,6})?)(ms|s|m|h|d)$/;
export const ALLOWED_DURATION = 'whole milliseconds, or a text such as "250ms", "5s", "10m", "2h" or "7d"';

/** Milliseconds. @param field by the domain's name. @throws BoomerangError `invalid_request` */
export function durationFromJson(field: string, value: number | string): number {
  if (typeof value === 'number') return value;
  const [, number, unit] = TEXT.exec(value) ?? [];
  const ms = Number(number) * (UNITS[unit ?? ''] ?? Number.NaN);
  const whole = Math.round(ms);
  if (Math.abs(ms - whole) < 1e-6) return whole;
  throw invalidField(field, `${quote(value)} is no length of time`, ALLOWED_DURATION);
}
