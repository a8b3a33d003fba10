import { invalidField, type Wording } from '../errors.js';
import { requireWholeNumber } from '../whole-number.js';
import type { Callback } from './callback.js';
import { validateContentType } from './content-type.js';
import { parseDestination } from './destination.js';
import { validateEndpoint } from './endpoint.js';

export interface RetryPolicy {
  /** Attempts per occurrence, the first included: 1 to 100. */
  readonly maxAttempts: number;
  readonly strategy: BackoffStrategy;
  /** Wait after a failed attempt (FIXED) or after the first one (EXPONENTIAL): 1 ms to 24 h. */
  readonly intervalMs: number;
  /** Cap of the wait under EXPONENTIAL: 1 ms to 24 h. Ignored under FIXED. */
  readonly maxIntervalMs: number;
}

export type BackoffStrategy = 'FIXED' | 'EXPONENTIAL';

export interface DlqPolicy {
  /** The bucket that dead letters are put into, or the destination that they are sent to: see `parseDestination`. */
  readonly destination: string;
}

/**
 * Callback, retry and DLQ settings of a session. Immutable; its name is the hash of its content. Without a callback
 * the session manages tasks but can't register any.
 */
export interface DeliveryPolicy {
  readonly callback: Callback | undefined;
  readonly retry: RetryPolicy;
  readonly dlq: DlqPolicy;
}

export const RETRY_DEFAULTS = { maxAttempts: 5, intervalMs: 1_000, maxIntervalMs: 60_000 } as const;
export const MAX_ATTEMPTS = 100;
export const MAX_RETRY_INTERVAL_MS = 86_400_000;
export const DEFAULT_DLQ_BUCKET = 'default';

function validateCallback(callback: Callback): void {
  validateEndpoint(callback);
  if (callback.protocol === 'HTTP') validateContentType(callback);
}

/** @throws BoomerangError `invalid_request` naming the field and what is allowed. */
export function validateDeliveryPolicy(policy: DeliveryPolicy): void {
  if (policy.callback) validateCallback(policy.callback);
  const { retry, dlq } = policy;
  requireWholeNumber('retry.maxAttempts', retry.maxAttempts, 1, MAX_ATTEMPTS);
  requireWholeNumber('retry.intervalMs', retry.intervalMs, 1, MAX_RETRY_INTERVAL_MS);
  if (retry.strategy === 'EXPONENTIAL') {
    requireWholeNumber('retry.maxIntervalMs', retry.maxIntervalMs, 1, MAX_RETRY_INTERVAL_MS);
    if (retry.intervalMs > retry.maxIntervalMs) {
      const problem: Wording = (spell) =>
        `${retry.intervalMs} is above its cap, ${spell('retry.maxIntervalMs')}`;
      throw invalidField('retry.intervalMs', problem, `1 to ${retry.maxIntervalMs}`);
    }
  }
  parseDestination(dlq.destination);
}
