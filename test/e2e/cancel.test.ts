import { setTimeout as sleep } from 'node:timers/promises';
import { startStack, type TestStack, waitFor } from '@boomerang/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Arrivals, http, receiveCallbacks, sessionOn } from './support/arrivals.js';
import { deadLettersOf } from './support/dead-letters.js';

let stack: TestStack;
let arrivals: Arrivals;
beforeAll(async () => {
  stack = await startStack({ env: { worker: { BOOMERANG_ENDPOINT_SLOTS: '4' } } });
  arrivals = await receiveCallbacks(stack.redis.redis, async ({ text }) => {
    if (text.startsWith('slow')) await sleep(600);
    return text.endsWith('failing') ? { httpStatus: 500 } : undefined;
  });
});
afterAll(async () => {
  await arrivals?.close();
  await stack?.stop();
});

const open = () =>
  sessionOn(stack, {
    callback: http(arrivals),
    retry: { maxAttempts: 3, strategy: 'FIXED', intervalMs: 200 },
  });

test('before it fires: it never comes, and the answer says that nothing is under way', async () => {
  const session = await open();
  const { taskId } = await session.setTimeout('x', 500);
  expect(await session.cancel(taskId)).toEqual({ attemptUnderWay: false });
  await sleep(1_000);
  expect(arrivals.of(taskId)).toEqual([]);
  expect(await session.get(taskId)).toMatchObject({ state: 'cancelled' });
});

test.each(['slow', 'slow failing'])(
  'while a %s attempt is under way: the answer says so, and none follows',
  async (text) => {
    const session = await open();
    const { taskId } = await session.setTimeout(text, 0);
    await arrivals.waitFor(1, taskId);
    expect(await session.cancel(taskId)).toEqual({ attemptUnderWay: true });
    await sleep(1_200);
    expect(arrivals.of(taskId)).toHaveLength(1);
    expect(await session.get(taskId)).toMatchObject({ state: 'cancelled' });
    expect(await deadLettersOf(stack, taskId)).toEqual([]);
  },
);

test('while it waits for room at its endpoint: it is not sent any more', async () => {
  const session = await open();
  const slow = await Promise.all(Array.from({ length: 4 }, () => session.setTimeout('slow', 0)));
  for (const { taskId } of slow) await arrivals.waitFor(1, taskId);
  const { taskId } = await session.setTimeout('x', 0);
  await waitFor(async () => (await session.get(taskId)).state === 'in_flight', { message: 'its claim' });
  expect(await session.cancel(taskId)).toEqual({ attemptUnderWay: true });
  await sleep(1_500);
  expect(arrivals.of(taskId)).toEqual([]);
});

test('between two attempts: none follows', async () => {
  const session = await open();
  const { taskId } = await session.setTimeout('failing', 0);
  await waitFor(async () => (await session.get(taskId)).state === 'retrying', { message: 'retrying' });
  expect(await session.cancel(taskId)).toEqual({ attemptUnderWay: false });
  const attempts = arrivals.of(taskId).length;
  await sleep(700);
  expect(arrivals.of(taskId)).toHaveLength(attempts);
});

test('after it was delivered: that is said', async () => {
  const session = await open();
  const { taskId } = await session.setTimeout('x', 0);
  await waitFor(async () => (await session.get(taskId)).state === 'delivered', { message: 'its end' });
  await expect(session.cancel(taskId)).rejects.toMatchObject({
    status: 'INVALID_REQUEST',
    message: expect.stringContaining('delivered'),
  });
});

test('hundreds cancelled around their due time: each either came or never comes, as the answer said', async () => {
  const session = await open();
  const tasks = await Promise.all(Array.from({ length: 400 }, (_, i) => session.setTimeout('x', 500 + i)));
  const outcomes = await Promise.all(
    tasks.map(async ({ taskId, scheduledTimeMs }, i) => {
      const before = 150 - (i % 10) * 20;
      await sleep(Math.max(0, scheduledTimeMs - before - Date.now()));
      return session.cancel(taskId).then(
        ({ attemptUnderWay }) => (attemptUnderWay ? 'under way' : 'cancelled'),
        () => 'delivered',
      );
    }),
  );
  await sleep(800);
  tasks.forEach(({ taskId }, i) => {
    const count = arrivals.of(taskId).length;
    if (outcomes[i] === 'cancelled') expect(count).toBe(0);
    if (outcomes[i] === 'delivered') expect(count).toBe(1);
    if (outcomes[i] === 'under way') expect(count).toBeLessThanOrEqual(1);
  });
  expect(new Set(outcomes).has('cancelled')).toBe(true);
});
