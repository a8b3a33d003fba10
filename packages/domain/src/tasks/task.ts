import { invalidField, type Wording } from '../errors.js';
import { requireWholeNumber } from '../whole-number.js';
import type { GiveBackReason } from './attempt.js';
import type { AttemptRecord } from './attempt-record.js';
import type { Calendar, CalendarTimes } from './calendar.js';
import { validateIdempotencyKey } from './idempotency-key.js';
import { type Expiry, type Recurrence, validateExpiry, validateRecurrence } from './recurrence.js';
import { validateTags } from './tags.js';
import type { TaskState } from './task-state.js';
import { MAX_DELAY_MS, MIN_REPEAT_INTERVAL_MS } from './time-bounds.js';
import { requireTraceparent } from './traceparent.js';

export const MAX_PAYLOAD_BYTES = 1_048_576;

/** What a client asks for when it registers a task. */
export interface TaskRequest {
  /** Opaque bytes, 0 to 1 MiB. */
  readonly payload: Uint8Array;
  /** Milliseconds from now to the first occurrence, 0 to ten years. */
  readonly delayMs: number;
  /** Milliseconds between occurrences, 100 to ten years; 0 = once. */
  readonly repeatIntervalMs: number;
  /** What the client names the registration, so that it can be repeated: 1 to 128 bytes of UTF-8. */
  readonly idempotencyKey?: string | undefined;
  /** Unix epoch ms of the first occurrence, in the place of `delayMs`, which is 0 then. A time that has passed means now. */
  readonly atMs?: number | undefined;
  /** By what it recurs; then `delayMs` and `repeatIntervalMs` are 0, and there is no `atMs`. */
  readonly calendar?: Calendar | undefined;
  /** What the task can be found by: at most 8, each of 1 to 64 characters. */
  readonly tags?: readonly string[] | undefined;
  /** Undefined = its occurrences never expire. */
  readonly expiry?: Expiry | undefined;
  /** How it goes on; undefined = missed occurrences coalesce, they may overlap, and it recurs for ever. */
  readonly recurrence?: Recurrence | undefined;
  /** The trace that its callbacks belong to, by W3C Trace Context. No part of what an idempotency key stands for. */
  readonly traceparent?: string | undefined;
  /** Whether the delivery policy came with the registration: then it is a part of what an idempotency key stands for. */
  readonly ownPolicy?: boolean | undefined;
  /** The name that stood for the delivery policy: a part of the same, whatever it stands for later. */
  readonly policyName?: string | undefined;
}

/** A task that is to be stored. */
export interface NewTask extends TaskRequest {
  readonly calendar?: CalendarTimes | undefined;
}

/** A task as its client may see it. */
export interface TaskDetails {
  readonly taskId: string;
  readonly clientId: string;
  readonly state: TaskState;
  /** Unix epoch ms of the next occurrence or retry; of the last one when the task has ended. */
  readonly dueMs: number;
  /** 0 = once, or by `calendar`. */
  readonly repeatIntervalMs: number;
  /** By what it recurs; undefined if it doesn't recur by a calendar. */
  readonly calendar: Calendar | undefined;
  /** Number of the occurrence that `dueMs` belongs to, from 1. */
  readonly occurrence: number;
  /** Empty when the task has ended. */
  readonly payload: Uint8Array;
  /** The latest attempts, at most 20, the oldest first; empty in a list of tasks. */
  readonly attempts: readonly AttemptRecord[];
  /** What holds up an occurrence that was due, of a recurring task the latest; or the task, while it is paused. */
  readonly waitingFor: WaitingFor | undefined;
  /** Id of the dead letter that the task is a replay of. */
  readonly replayOf: string | undefined;
  readonly tags: readonly string[];
  readonly expiry: Expiry | undefined;
  readonly recurrence: Recurrence | undefined;
}

/** Why an occurrence is not attempted yet. */
export type WaitingFor =
  | {
      readonly reason: Exclude<GiveBackReason, 'not_sent' | 'unsignable' | 'unreadable'>;
      readonly endpoint: string;
      /** Unix epoch ms at which it is looked at again. */
      readonly untilMs: number;
    }
  /** More is overdue than is delivered: the clients take turns. */
  | { readonly reason: 'turn' }
  /** Its client has paused it, at `sinceMs` (Unix epoch). */
  | { readonly reason: 'paused'; readonly sinceMs: number };

/** @throws BoomerangError `invalid_request` naming the field and what is allowed. */
export function validateTaskRequest(request: TaskRequest): void {
  requirePayloadFits(request.payload);
  requireWholeNumber('delayMs', request.delayMs, 0, MAX_DELAY_MS);
  if (request.idempotencyKey !== undefined) validateIdempotencyKey(request.idempotencyKey);
  if (request.tags) validateTags('tags', request.tags);
  if (request.traceparent !== undefined) requireTraceparent(request.traceparent);
  if (request.atMs !== undefined) requireTime(request.atMs, request.delayMs);
  if (request.calendar) requireNoOtherTimes(request);
  if (request.repeatIntervalMs !== 0) requireRepeatInterval(request.repeatIntervalMs, '0 (once) or ');
  requireEnds(request);
}

/** @throws BoomerangError `invalid_request` */
export function requirePayloadFits({ length }: Uint8Array): void {
  if (length <= MAX_PAYLOAD_BYTES) return;
  throw invalidField('payload', `${length} bytes`, `at most ${MAX_PAYLOAD_BYTES} bytes`);
}

/** @param or what else is allowed. @throws BoomerangError `invalid_request` */
export function requireRepeatInterval(ms: number, or = ''): void {
  if (Number.isSafeInteger(ms) && ms >= MIN_REPEAT_INTERVAL_MS && ms <= MAX_DELAY_MS) return;
  const allowed = `${or}a whole number from ${MIN_REPEAT_INTERVAL_MS} to ${MAX_DELAY_MS}`;
  throw invalidField('repeatIntervalMs', `${ms} is out of range`, allowed);
}

/** Bounds of what the service's clock decides are checked by this host's, so by about. */
function requireEnds(request: TaskRequest): void {
  const { atMs, delayMs, repeatIntervalMs, calendar, expiry, recurrence } = request;
  if (expiry) validateExpiry(expiry);
  if (!recurrence) return;
  const firstMs = atMs ?? (calendar ? 0 : Date.now() + delayMs);
  const recurs = repeatIntervalMs > 0 || calendar !== undefined;
  validateRecurrence(recurrence, { recurs, byCalendar: calendar !== undefined, firstMs });
}

function requireTime(atMs: number, delayMs: number): void {
  requireWholeNumber('atMs', atMs, 0, Date.now() + MAX_DELAY_MS);
  if (delayMs !== 0)
    throw invalidField('delayMs', `${delayMs}`, (spell) => `0 where ${spell('atMs')} is set`);
}

function requireNoOtherTimes({ delayMs, atMs, repeatIntervalMs }: TaskRequest): void {
  const allowed: Wording = (spell) => `0, as ${spell('cron')} says when the task is due`;
  if (delayMs !== 0) throw invalidField('delayMs', `${delayMs}`, allowed);
  if (atMs !== undefined) throw invalidField('atMs', `${atMs}`, allowed);
  if (repeatIntervalMs !== 0) throw invalidField('repeatIntervalMs', `${repeatIntervalMs}`, allowed);
}
