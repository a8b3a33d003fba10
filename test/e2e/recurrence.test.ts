import { setTimeout as sleep } from 'node:timers/promises';
import { startStack, type TestStack } from '@boomerang/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Arrivals, http, receiveCallbacks, sessionOn } from './support/arrivals.js';
import { deadLettersOf } from './support/dead-letters.js';

let stack: TestStack;
let arrivals: Arrivals;
beforeAll(async () => {
  stack = await startStack();
  arrivals = await receiveCallbacks(stack.redis.redis, async ({ text }) => {
    if (text === 'slow') await sleep(900);
    return text === 'failing' ? { httpStatus: 500 } : undefined;
  });
});
afterAll(async () => {
  await arrivals?.close();
  await stack?.stop();
});

const PERIODS = 20;

test.each([
  ['a quick endpoint', 'quick', 250],
  ['an endpoint slower than the interval', 'slow', 250],
  ['the shortest interval', 'quick', 100],
])('twenty occurrences to %s do not drift', async (_what, text, intervalMs) => {
  const session = await sessionOn(stack, { callback: http(arrivals) });
  const { taskId, scheduledTimeMs } = await session.setInterval(text, intervalMs);
  await arrivals.waitFor(PERIODS, taskId);
  await session.cancel(taskId);
  const seen = arrivals.of(taskId).slice(0, PERIODS);
  expect(seen.map(({ occurrence }) => occurrence).sort((a, b) => a - b)).toEqual(
    Array.from({ length: PERIODS }, (_, i) => i + 1),
  );
  for (const arrival of seen) {
    expect(arrival.scheduledTimeMs).toBe(scheduledTimeMs + (arrival.occurrence - 1) * intervalMs);
    expect(arrival.attempt).toBe(1);
  }
});

test('occurrences that fail and are dead-lettered neither delay nor end the task', async () => {
  const retry = { maxAttempts: 2, strategy: 'FIXED', intervalMs: 350 } as const;
  const session = await sessionOn(stack, { callback: http(arrivals), retry });
  const { taskId, scheduledTimeMs } = await session.setInterval('failing', 200);
  await arrivals.waitFor(14, taskId);
  await session.cancel(taskId);
  const firsts = arrivals.of(taskId).filter(({ attempt }) => attempt === 1);
  expect(firsts.map(({ occurrence }) => occurrence)).toEqual(firsts.map((_, i) => i + 1));
  for (const arrival of firsts) {
    expect(arrival.scheduledTimeMs).toBe(scheduledTimeMs + (arrival.occurrence - 1) * 200);
  }
  const letters = await deadLettersOf(stack, taskId);
  expect(letters.length).toBeGreaterThan(2);
  expect(new Set(letters.map(({ occurrence }) => occurrence)).size).toBe(letters.length);
});

test('a cancelled one recurs no more', async () => {
  const session = await sessionOn(stack, { callback: http(arrivals) });
  const { taskId } = await session.setInterval('quick', 150, { delayMs: 0 });
  await arrivals.waitFor(3, taskId);
  await session.cancel(taskId);
  await sleep(50);
  const after = arrivals.of(taskId).length;
  await sleep(800);
  expect(arrivals.of(taskId)).toHaveLength(after);
  expect(await session.get(taskId)).toMatchObject({ state: 'cancelled' });
});
