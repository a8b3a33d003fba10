import { describe, expect, test } from 'vitest';
import type { RetryPolicy } from '../policy/delivery-policy.js';
import { retryDelayMs } from '../policy/retry.js';
import { classify } from './classify.js';

const policy = (changes: Partial<RetryPolicy> = {}): RetryPolicy => ({
  maxAttempts: 3,
  strategy: 'FIXED',
  intervalMs: 250,
  maxIntervalMs: 1_000,
  ...changes,
});
const at = { atMs: 5, durationMs: 7 };
const failed = { kind: 'retryable', errorClass: 'rejected', error: 'HTTP status 500' } as const;
const failure = (attempt: number) => ({ attempt, ...at, errorClass: 'rejected', error: 'HTTP status 500' });

describe('an attempt that', () => {
  test('was delivered is settled so, whatever its number', () => {
    expect(classify({ kind: 'delivered' }, 99, policy(), at)).toEqual({ kind: 'delivered', ...at });
  });

  test('failed is retried until the attempts are exhausted', () => {
    expect(classify(failed, 1, policy(), at)).toEqual({ kind: 'retry', dueMs: 255, failure: failure(1) });
    expect(classify(failed, 2, policy(), at)).toEqual({ kind: 'retry', dueMs: 255, failure: failure(2) });
    expect(classify(failed, 3, policy(), at)).toEqual({ kind: 'dead_letter', failure: failure(3) });
    expect(classify(failed, 4, policy(), at)).toEqual({ kind: 'dead_letter', failure: failure(4) });
  });

  test('failed for good is not retried', () => {
    expect(classify({ ...failed, kind: 'terminal' }, 1, policy(), at)).toEqual({
      kind: 'dead_letter',
      failure: failure(1),
    });
  });
});

test('FIXED waits the same each time, EXPONENTIAL doubles up to its cap', () => {
  const delays = (changes: Partial<RetryPolicy>) =>
    [1, 2, 3, 4, 5, 100].map((attempt) => retryDelayMs(policy(changes), attempt));
  expect(delays({})).toEqual([250, 250, 250, 250, 250, 250]);
  expect(delays({ strategy: 'EXPONENTIAL' })).toEqual([250, 500, 1_000, 1_000, 1_000, 1_000]);
});

test('what the receiver says about the pause or the recurrence is followed', () => {
  const asked = { ...failed, retryAfterMs: 60_000 };
  expect(classify(asked, 1, policy(), at)).toMatchObject({ kind: 'retry', dueMs: 60_005 });
  const forever = { ...failed, retryAfterMs: Number.MAX_SAFE_INTEGER };
  expect(classify(forever, 1, policy(), at)).toMatchObject({ kind: 'retry', dueMs: 86_400_005 });
  expect(classify(asked, 3, policy(), at)).toMatchObject({ kind: 'dead_letter' });
  expect(classify({ ...failed, retryAfterMs: 0 }, 1, policy(), at)).toMatchObject({
    kind: 'retry',
    dueMs: 5,
  });
  const until = (retryAtMs: number) => classify({ ...failed, retryAtMs }, 1, policy(), at);
  expect(until(2_000)).toMatchObject({ kind: 'retry', dueMs: 2_000 });
  expect(until(1)).toMatchObject({ kind: 'retry', dueMs: 5 });
  expect(until(8.64e15)).toMatchObject({ kind: 'retry', dueMs: 86_400_005 });
  expect(classify({ kind: 'stop' }, 1, policy(), at)).toEqual({ kind: 'stop', ...at });
  expect(classify({ kind: 'sent' }, 1, policy(), at)).toEqual({ kind: 'sent', ...at });
});
