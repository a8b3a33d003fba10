import { ALLOWED_IDEMPOTENCY_KEY, ALLOWED_TAGS, idempotencyKeyProblem, tagsProblem } from '@boomerang/domain';
import type { boomerang } from '@boomerang/protocol';
import type { OptionNames } from '../arguments/check-options.js';
import { invalidArgument, unusable } from '../arguments/invalid-argument.js';
import type { RequestOptions } from '../connection/request-options.js';

export interface TimeoutOptions extends RequestOptions {
  /**
   * Names the registration among the client's, so that it can be repeated until an answer came, on any connection: the same
   * key with the same arguments is answered with the task of the first time, until 24 hours (by default) after its end.
   * With other arguments it is refused with the code `key_reused`. 1 to 128 bytes of UTF-8 without control characters.
   * Absent: repeating the registration makes another task.
   */
  readonly idempotencyKey?: string;
  /**
   * What `list` finds the task by, at most 8: each 1 to 64 characters without control characters and commas, and without a
   * blank at an end. Callbacks carry them.
   */
  readonly tags?: readonly string[];
}

export interface IntervalOptions extends TimeoutOptions {
  /** Milliseconds to the first occurrence, 0 to 315,576,000,000 (ten years). Default: one interval. */
  readonly delayMs?: number;
}

export interface CronOptions extends TimeoutOptions {
  /** The zone whose clock the expression is about: a name of the IANA time zone database. Default UTC. */
  readonly timeZone?: string;
}

export const TIMEOUT_NAMES: OptionNames<TimeoutOptions> = {
  idempotencyKey: true,
  tags: true,
  timeoutMs: true,
  signal: true,
};
export const INTERVAL_NAMES: OptionNames<IntervalOptions> = { delayMs: true, ...TIMEOUT_NAMES };
export const CRON_NAMES: OptionNames<CronOptions> = { timeZone: true, ...TIMEOUT_NAMES };

/** What of the options belongs to the task. @throws BoomerangClientError `INVALID_REQUEST`. */
export function toTaskOptions({ idempotencyKey, tags }: TimeoutOptions): boomerang.Task.$Properties {
  return {
    ...(idempotencyKey !== undefined && { idempotencyKey: checkIdempotencyKey(idempotencyKey) }),
    ...(tags !== undefined && { tags: checkTags(tags) }),
  };
}

/** What of the options belongs to the request. */
export function toRequestOptions({ timeoutMs, signal }: RequestOptions): RequestOptions {
  return { ...(timeoutMs !== undefined && { timeoutMs }), ...(signal !== undefined && { signal }) };
}

function checkIdempotencyKey(key: string): string {
  if (typeof key !== 'string') throw unusable('idempotencyKey', key, ALLOWED_IDEMPOTENCY_KEY);
  const problem = idempotencyKeyProblem(key);
  if (problem === undefined) return key;
  throw invalidArgument('idempotencyKey', problem, ALLOWED_IDEMPOTENCY_KEY);
}

function checkTags(tags: readonly string[]): string[] {
  if (!Array.isArray(tags) || tags.some((tag) => typeof tag !== 'string')) {
    throw unusable('tags', tags, ALLOWED_TAGS);
  }
  const problem = tagsProblem(tags);
  if (problem) throw invalidArgument('tags', problem, ALLOWED_TAGS);
  return [...tags];
}
