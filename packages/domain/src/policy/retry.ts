import type { RetryPolicy } from './delivery-policy.js';

/** Milliseconds to wait after failed attempt `attempt` (from 1) before the next one. */
export function retryDelayMs(policy: RetryPolicy, attempt: number): number {
  if (policy.strategy === 'FIXED') return policy.intervalMs;
  return Math.min(policy.intervalMs * 2 ** (attempt - 1), policy.maxIntervalMs);
}
