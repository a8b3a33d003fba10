import type { DeliveryPolicy } from '../policy/delivery-policy.js';
import type { Calendar } from './calendar.js';
import type { ErrorClass } from './error-class.js';

/** A failed attempt, as it is remembered until its occurrence ends. */
export interface AttemptFailure {
  readonly attempt: number;
  /** Unix epoch ms at which the attempt was over. */
  readonly atMs: number;
  readonly durationMs: number;
  readonly errorClass: ErrorClass;
  /** What went wrong, at most 255 bytes of UTF-8. */
  readonly error: string;
}

/** An occurrence that a worker has claimed: under its lease the worker makes one attempt. */
export interface ClaimedOccurrence {
  readonly partition: number;
  readonly taskId: string;
  readonly clientId: string;
  /** From 1. */
  readonly occurrence: number;
  /** From 1. */
  readonly attempt: number;
  /** When the occurrence was due at first, Unix epoch ms: what callbacks call the scheduled time. */
  readonly scheduledTimeMs: number;
  /** When this attempt is due, Unix epoch ms. */
  readonly dueMs: number;
  /** Milliseconds between the task's occurrences; 0 = once, 1 = by `calendar`. */
  readonly repeatIntervalMs: number;
  /** Present: the task recurs by it, and its record needs the time of a further occurrence. */
  readonly calendar: Calendar | undefined;
  readonly tags: readonly string[];
  /** No attempt begins later than this, Unix epoch ms; undefined = the occurrence never expires. */
  readonly expiresAtMs: number | undefined;
  /** The key that the task was registered with; undefined if it had none. */
  readonly idempotencyKey: string | undefined;
  /** The trace that its task was registered in, by W3C Trace Context. */
  readonly traceparent: string | undefined;
  readonly policy: DeliveryPolicy;
  readonly payload: Uint8Array;
  readonly history: readonly AttemptFailure[];
  /** Names the occurrence within its partition. */
  readonly member: string;
  /** Whoever settles with another token changes nothing. */
  readonly token: Buffer;
  /** Monotonic ms (`performance.now()`) at which the lease is certainly over, unless renewed. */
  leaseEndsAt: number;
  /** By how many ms its attempt began later than the occurrence was due at first; undefined until it begins. */
  latenessMs?: number;
}

/** How a transport says that an attempt went. */
export type AttemptResult =
  | AttemptOutcome
  /** Nothing was sent, and nothing may be: the lease was over before the write. */
  | { readonly kind: 'not_sent'; readonly error: string }
  /** Nothing was sent, since the worker itself lacked what a connection takes, or the key that headers are sealed under. */
  | { readonly kind: 'starved'; readonly error: string };

/** How an attempt ended that was begun. */
export type AttemptOutcome =
  /** The receiver has it. */
  | { readonly kind: 'delivered' }
  /** It has left; the protocol tells no more. */
  | { readonly kind: 'sent' }
  /** The receiver has it and wants no further occurrence of the task. */
  | { readonly kind: 'stop' }
  /** Another attempt may succeed: when the receiver says so, otherwise by the policy. */
  | (Failed & {
      readonly kind: 'retryable';
      /** The receiver wants the next attempt in so many ms … */
      readonly retryAfterMs?: number;
      /** … or at this time, Unix epoch ms. */
      readonly retryAtMs?: number;
      /** The receiver can't serve anything at the moment, whatever it is sent. */
      readonly outOfOrder?: true;
    })
  /** No further attempt can succeed, or the receiver wants none. */
  | (Failed & { readonly kind: 'terminal' });

interface Failed {
  readonly errorClass: ErrorClass;
  readonly error: string;
}

/** What becomes of a claimed occurrence: the settling script carries it out. */
export type Settlement =
  /** `stop`: delivered, and the task's last occurrence. */
  | { readonly kind: 'delivered' | 'sent' | 'stop'; readonly atMs: number; readonly durationMs: number }
  /** Another attempt at `dueMs`, Unix epoch ms. */
  | { readonly kind: 'retry'; readonly dueMs: number; readonly failure: AttemptFailure }
  | { readonly kind: 'dead_letter'; readonly failure: AttemptFailure }
  /** Back to the due index for `dueMs`, Unix epoch ms, with its attempt uncounted. */
  | { readonly kind: 'give_back'; readonly dueMs: number; readonly reason: GiveBackReason };

/** Why an occurrence was given back unattempted. */
export type GiveBackReason =
  /** Only a newer release can read the occurrence or its policy. */
  | 'unreadable'
  /** The endpoint has as many attempts in flight as it may have. */
  | 'endpoint_busy'
  /** The endpoint keeps failing, and it is not the time for a probe. */
  | 'breaker_open'
  /** It may have to be signed, and with what is not known now. */
  | 'unsignable'
  /** The lease was over, or the occurrence not due yet, when it would have been written; or the worker had no socket. */
  | 'not_sent';
