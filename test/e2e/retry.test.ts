import { startStack, type TestStack, waitFor } from '@boomerang/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Arrivals, http, receiveCallbacks, sessionOn } from './support/arrivals.js';
import { deadLettersOf } from './support/dead-letters.js';

let stack: TestStack;
let arrivals: Arrivals;
beforeAll(async () => {
  stack = await startStack();
  arrivals = await receiveCallbacks(stack.redis.redis, ({ text, attempt }) => {
    const failures = Number(/^fail (\d+)/.exec(text)?.[1] ?? 0);
    return attempt <= failures ? { error: `attempt ${attempt} is not welcome` } : undefined;
  });
});
afterAll(async () => {
  await arrivals?.close();
  await stack?.stop();
});

const gaps = (of: readonly { redisMs: number }[]) =>
  of.slice(1).map(({ redisMs }, i) => redisMs - (of[i]?.redisMs ?? 0));

test('FIXED retries after the interval, counting attempts, until the receiver accepts', async () => {
  const retry = { maxAttempts: 5, strategy: 'FIXED', intervalMs: 300 } as const;
  const session = await sessionOn(stack, { callback: http(arrivals), retry });
  const { taskId, scheduledTimeMs } = await session.setTimeout('fail 3', 100);
  const seen = await arrivals.waitFor(4, taskId);
  expect(seen.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4]);
  expect(new Set(seen.map((arrival) => arrival.scheduledTimeMs))).toEqual(new Set([scheduledTimeMs]));
  for (const gap of gaps(seen)) expect(gap).toBeGreaterThanOrEqual(300);
  await waitFor(async () => (await session.get(taskId)).state === 'delivered', { message: 'its end' });
  expect(await deadLettersOf(stack, taskId)).toEqual([]);
});

test('EXPONENTIAL doubles the wait up to its cap', async () => {
  const retry = { maxAttempts: 6, strategy: 'EXPONENTIAL', intervalMs: 100, maxIntervalMs: 400 } as const;
  const session = await sessionOn(stack, { callback: http(arrivals), retry });
  const { taskId } = await session.setTimeout('fail 5', 0);
  const waits = gaps(await arrivals.waitFor(6, taskId));
  [100, 200, 400, 400, 400].forEach((least, i) => {
    expect(waits[i]).toBeGreaterThanOrEqual(least);
  });
});

test('while it waits for a retry a task shows so', async () => {
  const retry = { maxAttempts: 2, strategy: 'FIXED', intervalMs: 1_500 } as const;
  const session = await sessionOn(stack, { callback: http(arrivals), retry });
  const { taskId } = await session.setTimeout('fail 1', 0);
  await waitFor(async () => (await session.get(taskId)).state === 'retrying', { message: 'retrying' });
  await arrivals.waitFor(2, taskId);
});

test('when its attempts are exhausted it is a dead letter, once, with all that is known', async () => {
  const retry = { maxAttempts: 3, strategy: 'FIXED', intervalMs: 50 } as const;
  const session = await sessionOn(stack, {
    callback: http(arrivals),
    retry,
    dlq: { destination: 'failed-orders' },
  });
  const { taskId, scheduledTimeMs } = await session.setTimeout('fail 99', 0);
  await waitFor(async () => (await session.get(taskId)).state === 'dead_lettered', { message: 'its end' });
  expect(arrivals.of(taskId)).toHaveLength(3);
  const letters = await deadLettersOf(stack, taskId);
  expect(letters).toHaveLength(1);
  expect(letters[0]).toMatchObject({
    attempts: 3,
    scheduledTimeMs,
    clientId: 'test',
  });
  expect(letters[0]?.payload.toString()).toBe('fail 99');
  expect(letters[0]?.policy.dlq).toEqual({ destination: 'failed-orders' });
  expect(letters[0]?.policy.callback?.endpoint).toBe(arrivals.url);
  expect(letters[0]?.history.map(({ attempt, error }) => [attempt, error])).toEqual(
    [1, 2, 3].map((attempt) => [attempt, `the receiver answered ERROR: attempt ${attempt} is not welcome`]),
  );
});
