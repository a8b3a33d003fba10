import { loadPartitions, TICKET_QUEUE } from '@boomerang/redis';
import { startStack, type TestStack, waitFor } from '@boomerang/testkit';
import { Queue } from 'bullmq';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Arrivals, http, receiveCallbacks, sessionOn } from '../e2e/support/arrivals.js';
import { reasonsToRestart } from './support/health.js';

let stack: TestStack;
let arrivals: Arrivals;
let queues: Queue[];
beforeAll(async () => {
  stack = await startStack();
  arrivals = await receiveCallbacks(stack.redis.redis);
  const partitions = await loadPartitions(stack.redis.redis, 4);
  queues = partitions.map(
    ({ queuePrefix }) => new Queue(TICKET_QUEUE, { connection: stack.redis.redis, prefix: queuePrefix }),
  );
});
afterAll(async () => {
  await arrivals?.close();
  await stack?.stop();
});

test('a worker whose consumer is connected but fetches nothing delivers all the same, tries anew, and then asks for a restart', async () => {
  const session = await sessionOn(stack, { callback: http(arrivals) });
  const before = await session.setTimeout('before', 0);
  await arrivals.waitFor(1, before.taskId);
  const worker = stack.processes.worker[0];

  // BullMQ hands out no job of a queue that may have none active: its consumers wait, without an error.
  await Promise.all(queues.map((queue) => queue.setGlobalConcurrency(0)));
  const ids = await Promise.all(
    Array.from({ length: 40 }, (_, i) => session.setInterval(`${i}`, 1_000, { delayMs: i * 20 })),
  );
  for (const { taskId } of ids) await arrivals.waitFor(2, taskId);
  expect(await reasonsToRestart(stack)).toEqual([]);
  await waitFor(() => worker?.logs().includes('consuming them anew'), {
    timeoutMs: 20_000,
    message: 'the worker to try anew',
  });
  const reasons = await waitFor(
    async () => {
      const given = await reasonsToRestart(stack);
      return given.length > 0 && given;
    },
    { timeoutMs: 30_000, message: 'the worker to ask for a restart' },
  );
  expect(reasons).toEqual([expect.stringMatching(/^tickets of partition \d wait and none is taken/)]);

  await Promise.all(queues.map((queue) => queue.removeGlobalConcurrency()));
  await waitFor(async () => (await reasonsToRestart(stack)).length === 0, {
    timeoutMs: 20_000,
    message: 'the worker to be content again',
  });
  for (const { taskId } of ids) await session.cancel(taskId);
}, 120_000);

test('a queue that an operator has paused is no reason to restart, nor to leave anything undelivered', async () => {
  const session = await sessionOn(stack, { callback: http(arrivals) });
  await Promise.all(queues.map((queue) => queue.pause()));
  const ids = await Promise.all(Array.from({ length: 20 }, (_, i) => session.setTimeout(`${i}`, i * 100)));
  for (const { taskId } of ids) await arrivals.waitFor(1, taskId);
  expect(await reasonsToRestart(stack)).toEqual([]);
  await Promise.all(queues.map((queue) => queue.resume()));
});
