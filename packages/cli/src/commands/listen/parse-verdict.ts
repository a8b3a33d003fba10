import type { CallbackVerdict } from '@boomerang/client';
import { badOption } from '../../options.js';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const ALLOWED = 'ok, error[:REASON], retry:LENGTH[:REASON] such as retry:5s, dead-letter[:REASON], stop';

/** @throws UsageError */
export function parseVerdict(option: string, text: string): CallbackVerdict {
  if (text === 'ok') return 'OK';
  if (text === 'stop') return { stop: true };
  const [, kind = '', reason = 'as it was asked to'] = /^(error|dead-letter)(?::(.+))?$/s.exec(text) ?? [];
  if (kind === 'error') return { error: reason };
  if (kind === 'dead-letter') return { deadLetter: reason };
  const [, count, unit = '', why = 'as it was asked to'] =
    /^retry:(\d{1,9})(ms|s|m|h)(?::(.+))?$/s.exec(text) ?? [];
  if (count !== undefined) return { error: why, retryAfterMs: Number(count) * (UNITS[unit] ?? 1) };
  throw badOption(option, text, ALLOWED);
}
