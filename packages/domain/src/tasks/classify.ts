import { MAX_RETRY_INTERVAL_MS, type RetryPolicy } from '../policy/delivery-policy.js';
import { retryDelayMs } from '../policy/retry.js';
import type { AttemptFailure, AttemptOutcome, Settlement } from './attempt.js';

/** What becomes of an occurrence whose attempt `attempt` ended with `outcome`. */
export function classify(
  outcome: AttemptOutcome,
  attempt: number,
  policy: RetryPolicy,
  at: { readonly atMs: number; readonly durationMs: number },
): Settlement {
  if (outcome.kind !== 'retryable' && outcome.kind !== 'terminal') return { kind: outcome.kind, ...at };
  const { errorClass, error } = outcome;
  const failure: AttemptFailure = { attempt, ...at, errorClass, error };
  if (outcome.kind === 'terminal' || attempt >= policy.maxAttempts) return { kind: 'dead_letter', failure };
  return { kind: 'retry', dueMs: Math.ceil(at.atMs + pauseMs(outcome, attempt, policy, at.atMs)), failure };
}

function pauseMs(
  { retryAfterMs, retryAtMs }: Extract<AttemptOutcome, { kind: 'retryable' }>,
  attempt: number,
  policy: RetryPolicy,
  nowMs: number,
): number {
  const asked = retryAfterMs ?? (retryAtMs === undefined ? undefined : Math.max(0, retryAtMs - nowMs));
  return asked === undefined ? retryDelayMs(policy, attempt) : Math.min(asked, MAX_RETRY_INTERVAL_MS);
}
