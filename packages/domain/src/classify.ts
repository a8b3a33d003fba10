import type { AttemptFailure, AttemptResult, Settlement } from './attempt.js';
import type { RetryPolicy } from './delivery-policy.js';
import { retryDelayMs } from './retry.js';

/** What becomes of an occurrence whose attempt `attempt` ended with `result`. */
export function classify(
  result: Exclude<AttemptResult, { kind: 'not_sent' }>,
  attempt: number,
  policy: RetryPolicy,
  at: { readonly atMs: number; readonly durationMs: number },
): Settlement {
  if (result.kind === 'delivered') return { kind: 'delivered' };
  const failure: AttemptFailure = { attempt, ...at, error: result.error };
  const exhausted = result.kind === 'terminal' || attempt >= policy.maxAttempts;
  return exhausted
    ? { kind: 'dead_letter', failure }
    : { kind: 'retry', dueMs: Math.ceil(at.atMs + retryDelayMs(policy, attempt)), failure };
}
