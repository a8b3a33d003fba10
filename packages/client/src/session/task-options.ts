import {
  ALLOWED_IDEMPOTENCY_KEY,
  idempotencyKeyProblem,
  MAX_DELAY_MS,
  MISSED,
  OVERLAPS,
} from '@boomerang/domain';
import type { boomerang } from '@boomerang/protocol';
import type { OptionNames } from '../arguments/check-options.js';
import { checkOneOf, checkText, checkWhole } from '../arguments/check-values.js';
import { invalidArgument, unusable } from '../arguments/invalid-argument.js';
import type { RequestOptions } from '../connection/request-options.js';
import { checkTime } from './to-task.js';

export interface TimeoutOptions extends RequestOptions {
  /**
   * Names the registration among the client's, so that it can be repeated until an answer came, on any connection: the same
   * key with the same arguments is answered with the task of the first time, until 24 hours (by default) after its end.
   * With other arguments it is refused with the code `key_reused`. 1 to 128 bytes of UTF-8 without control characters.
   * Absent: repeating the registration makes another task.
   */
  readonly idempotencyKey?: string;
  /**
   * What `list` finds the task by, at most 8: each 1 to 64 characters without control characters and commas. Callbacks
   * carry them.
   */
  readonly tags?: readonly string[];
  /** An occurrence expires if no attempt has begun so many ms after its due time. Default: never. */
  readonly expiresAfterMs?: number;
  /** What becomes of what expires. Default `drop`. */
  readonly expired?: 'drop' | 'dead_letter';
}

export interface RecurringOptions extends TimeoutOptions {
  /** Of what is missed by more than a second: the latest comes (default), all (1,000 at most), or none. */
  readonly missed?: 'coalesce' | 'all' | 'skip';
  /** What is due before its predecessor has ended comes all the same (default), not, or after it. */
  readonly overlap?: 'allow' | 'skip' | 'after';
  /** The number of the last occurrence. Default: there is none. */
  readonly maxOccurrences?: number;
  /** No occurrence is due later: a Date, or Unix epoch ms. */
  readonly until?: Date | number;
}

export interface IntervalOptions extends RecurringOptions {
  /** Milliseconds to the first occurrence, 0 to 315,576,000,000 (ten years). Default: one interval. */
  readonly delayMs?: number;
}

export interface CronOptions extends RecurringOptions {
  /** The zone whose clock the expression is about: a name of the IANA time zone database. Default UTC. */
  readonly timeZone?: string;
}

const ONCE = { idempotencyKey: true, tags: true, expiresAfterMs: true, expired: true } as const;
const REQUEST = { timeoutMs: true, signal: true } as const;
/** Options of any task. */
export const TASK_NAMES = {
  ...ONCE,
  missed: true,
  overlap: true,
  maxOccurrences: true,
  until: true,
} as const;
export const TIMEOUT_NAMES: OptionNames<TimeoutOptions> = { ...ONCE, ...REQUEST };
export const INTERVAL_NAMES: OptionNames<IntervalOptions> = { delayMs: true, ...TASK_NAMES, ...REQUEST };
export const CRON_NAMES: OptionNames<CronOptions> = { timeZone: true, ...TASK_NAMES, ...REQUEST };

/** What of the options belongs to the task. @throws BoomerangClientError `INVALID_REQUEST`. */
export function toTaskOptions({
  idempotencyKey,
  tags,
  expiresAfterMs,
  expired,
  ...options
}: RecurringOptions): boomerang.Task.$Properties {
  const { missed, overlap, maxOccurrences, until } = options;
  return {
    ...(idempotencyKey !== undefined && { idempotencyKey: checkIdempotencyKey(idempotencyKey) }),
    ...(tags !== undefined && { tags: checkTags(tags) }),
    ...(expiresAfterMs !== undefined && {
      expiresAfterMs: checkWhole('expiresAfterMs', expiresAfterMs, EXPIRY),
    }),
    ...(expired !== undefined && { expiredAction: numberOf('expired', expired, EXPIRED) }),
    ...(missed !== undefined && { missed: numberOf('missed', missed, MISSED) }),
    ...(overlap !== undefined && { overlap: numberOf('overlap', overlap, OVERLAPS) }),
    ...(maxOccurrences !== undefined && {
      maxOccurrences: checkWhole('maxOccurrences', maxOccurrences, OCCURRENCES),
    }),
    ...(until !== undefined && { untilMs: checkTime('until', until) }),
  };
}

/** What of the options belongs to the request. */
export function toRequestOptions({ timeoutMs, signal }: RequestOptions): RequestOptions {
  return { ...(timeoutMs !== undefined && { timeoutMs }), ...(signal !== undefined && { signal }) };
}

const EXPIRY = { least: 1, most: MAX_DELAY_MS, unit: 'milliseconds' };
const OCCURRENCES = { least: 1, most: 4_294_967_295 };
export const EXPIRED = ['drop', 'dead_letter'] as const;

function numberOf<T extends string>(field: string, value: T, names: readonly T[]): number {
  return names.indexOf(checkOneOf(field, value, names));
}

function checkIdempotencyKey(key: string): string {
  if (typeof key !== 'string') throw unusable('idempotencyKey', key, ALLOWED_IDEMPOTENCY_KEY);
  const problem = idempotencyKeyProblem(key);
  if (problem === undefined) return key;
  throw invalidArgument('idempotencyKey', problem, ALLOWED_IDEMPOTENCY_KEY);
}

/** How many there may be, and of which characters, the service says. */
function checkTags(tags: readonly string[]): string[] {
  if (!Array.isArray(tags)) throw unusable('tags', tags, 'an array of texts');
  return tags.map((tag) => checkText('tags', tag));
}
