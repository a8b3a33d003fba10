import type { DeliveryPolicy } from './delivery-policy.js';

/** A failed attempt, as it is remembered until its occurrence ends. */
export interface AttemptFailure {
  readonly attempt: number;
  /** Unix epoch ms at which the attempt was over. */
  readonly atMs: number;
  readonly durationMs: number;
  /** What went wrong, at most 255 bytes of UTF-8. */
  readonly error: string;
}

/** Failures kept per occurrence; the oldest go first. */
export const MAX_HISTORY = 20;

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
  readonly policy: DeliveryPolicy;
  readonly payload: Uint8Array;
  readonly history: readonly AttemptFailure[];
  /** Names the occurrence within its partition. */
  readonly member: string;
  /** Whoever settles with another token changes nothing. */
  readonly token: Buffer;
  /** Monotonic ms (`performance.now()`) at which the lease is certainly over, unless renewed. */
  leaseEndsAt: number;
}

/** How a transport says that an attempt went. */
export type AttemptResult =
  | { readonly kind: 'delivered' }
  /** Another attempt may succeed. */
  | { readonly kind: 'retryable'; readonly error: string }
  /** No further attempt can succeed. */
  | { readonly kind: 'terminal'; readonly error: string }
  /** Nothing was sent, and nothing may be: the lease was over before the write. */
  | { readonly kind: 'not_sent'; readonly error: string };

/** What becomes of a claimed occurrence: the settling script carries it out. */
export type Settlement =
  | { readonly kind: 'delivered' }
  /** Another attempt at `dueMs`, Unix epoch ms. */
  | { readonly kind: 'retry'; readonly dueMs: number; readonly failure: AttemptFailure }
  | { readonly kind: 'dead_letter'; readonly failure: AttemptFailure }
  /** Back to the due index for `dueMs`, Unix epoch ms, with its attempt uncounted. */
  | { readonly kind: 'give_back'; readonly dueMs: number };
