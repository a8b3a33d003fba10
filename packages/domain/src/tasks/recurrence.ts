import { invalidField } from '../errors.js';
import { requireWholeNumber } from '../whole-number.js';
import { MAX_DELAY_MS } from './time-bounds.js';

/** What becomes of occurrences that are missed, by more than a second. */
export const MISSED = ['coalesce', 'all', 'skip'] as const;
export type Missed = (typeof MISSED)[number];

/** What becomes of an occurrence that is due before its predecessor has ended. */
export const OVERLAPS = ['allow', 'skip', 'after'] as const;
export type Overlap = (typeof OVERLAPS)[number];

/** How a recurring task goes on, and when it ends. */
export interface Recurrence {
  /**
   * - `coalesce`: of those missed, the latest comes
   * - `all`: each comes, the latest 1,000 of them, at most 20 in a second
   * - `skip`: none comes
   */
  readonly missed: Missed;
  /**
   * - `allow`: it comes all the same
   * - `skip`: it does not come
   * - `after`: it comes then; of several that wait, the latest
   */
  readonly overlap: Overlap;
  /** Number of the last occurrence; undefined = there is none. */
  readonly maxOccurrences: number | undefined;
  /** No occurrence is due later than this, Unix epoch ms; undefined = it recurs for ever. */
  readonly untilMs: number | undefined;
}

/** An occurrence that was not delivered in time expires. */
export interface Expiry {
  /** Ms after its due time, 1 to ten years. */
  readonly afterMs: number;
  /** Whether it becomes a dead letter; otherwise it is dropped. */
  readonly deadLetters: boolean;
}

const MOST_OCCURRENCES = 4_294_967_295;

/** @throws BoomerangError `invalid_request` */
export function validateExpiry({ afterMs }: Expiry): void {
  requireWholeNumber('expiresAfterMs', afterMs, 1, MAX_DELAY_MS);
}

/** @param first when the first occurrence is due, by about. @throws BoomerangError `invalid_request` */
export function validateRecurrence(
  { missed, overlap, maxOccurrences, untilMs }: Recurrence,
  { recurs, byCalendar, firstMs }: { recurs: boolean; byCalendar: boolean; firstMs: number },
): void {
  if (!recurs) {
    const [field] = [
      ['missed', missed !== 'coalesce'],
      ['overlap', overlap !== 'allow'],
      ['maxOccurrences', maxOccurrences !== undefined],
      ['untilMs', true],
    ].find(([, isSet]) => isSet) as [string, boolean];
    throw invalidField(field, 'the task fires once', 'nothing, unless the task recurs');
  }
  if (maxOccurrences !== undefined) requireWholeNumber('maxOccurrences', maxOccurrences, 1, MOST_OCCURRENCES);
  if (missed === 'all' && byCalendar) {
    throw invalidField('missed', 'all', (spell) => `coalesce or skip where ${spell('cron')} is set`);
  }
  if (untilMs === undefined) return;
  requireWholeNumber('untilMs', untilMs, 1, Number.MAX_SAFE_INTEGER);
  if (untilMs < firstMs)
    throw invalidField('untilMs', `${untilMs} is before the first occurrence`, `at least ${firstMs}`);
}
