import type { AttemptFailure, AttemptOutcome, Settlement } from './attempt.js';
import { MAX_RETRY_INTERVAL_MS, type RetryPolicy } from './delivery-policy.js';
import { retryDelayMs } from './retry.js';

/** What becomes of an occurrence whose attempt `attempt` ended with `outcome`. */
export function classify(
  outcome: AttemptOutcome,
  attempt: number,
  policy: RetryPolicy,
  at: { readonly atMs: number; readonly durationMs: number },
): Settlement {
  if (outcome.kind !== 'retryable' && outcome.kind !== 'terminal') return { kind: outcome.kind };
  const { errorClass, error } = outcome;
  const failure: AttemptFailure = { attempt, ...at, errorClass, error };
  if (outcome.kind === 'terminal' || attempt >= policy.maxAttempts) return { kind: 'dead_letter', failure };
  const asked = outcome.retryAfterMs;
  const delayMs =
    asked === undefined ? retryDelayMs(policy, attempt) : Math.min(asked, MAX_RETRY_INTERVAL_MS);
  return { kind: 'retry', dueMs: Math.ceil(at.atMs + delayMs), failure };
}
