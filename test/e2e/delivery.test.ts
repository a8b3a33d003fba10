import { setTimeout as sleep } from 'node:timers/promises';
import { startStack, type TestStack, waitFor } from '@boomerang/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Arrivals, http, receiveCallbacks, sessionOn } from './support/arrivals.js';

let stack: TestStack;
let arrivals: Arrivals;
beforeAll(async () => {
  stack = await startStack();
  arrivals = await receiveCallbacks(stack.redis.redis);
});
afterAll(async () => {
  await arrivals?.close();
  await stack?.stop();
});

test.each([
  ['every byte value', Buffer.from(Array.from({ length: 256 }, (_, i) => i))],
  ['nothing', Buffer.alloc(0)],
  ['1 MiB', Buffer.from(Array.from({ length: 1_048_576 }, (_, i) => (i * 31) & 0xff))],
])('a payload of %s comes back as it was', async (_what, payload) => {
  const session = await sessionOn(stack, { callback: http(arrivals) });
  const { taskId, scheduledTimeMs } = await session.setTimeout(payload, 300);
  const [arrival] = await arrivals.waitFor(1, taskId);
  expect(Buffer.compare(Buffer.from(arrival?.payload ?? []), payload)).toBe(0);
  expect(arrival).toMatchObject({ clientId: 'test', occurrence: 1, attempt: 1, scheduledTimeMs });
  await waitFor(async () => (await session.get(taskId)).state === 'delivered', { message: 'its end' });
});

test('a thousand tasks, pipelined and spread over slices, each come exactly once', async () => {
  const session = await sessionOn(stack, { callback: http(arrivals) });
  const tasks = await Promise.all(
    Array.from({ length: 1_000 }, (_, i) => session.setTimeout(`task ${i}`, (i * 37) % 3_000)),
  );
  const ids = new Set(tasks.map(({ taskId }) => taskId));
  await waitFor(() => arrivals.all.filter(({ taskId }) => ids.has(taskId)).length >= 1_000, {
    message: 'all',
  });
  await sleep(1_000);
  const seen = arrivals.all.filter(({ taskId }) => ids.has(taskId));
  expect(seen).toHaveLength(1_000);
  expect(new Set(seen.map(({ taskId }) => taskId)).size).toBe(1_000);
  expect((await session.list()).tasks).toEqual([]);
});

test('what is due at once is announced and comes, again and again on an idle system', async () => {
  const session = await sessionOn(stack, { callback: http(arrivals) });
  for (let i = 0; i < 5; i++) {
    const { taskId } = await session.setTimeout('now', 0);
    await arrivals.waitFor(1, taskId);
    await sleep(1_200);
  }
  const metrics = await (await fetch(`http://127.0.0.1:${stack.httpPorts.scheduler[0]}/metrics`)).text();
  expect(metrics).toMatch(/boomerang_scheduler_tickets_total\{cause="wake"\} [1-9]/);
});
