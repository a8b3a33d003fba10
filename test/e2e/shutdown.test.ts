import { setTimeout as sleep } from 'node:timers/promises';
import { startStack, type TestStack, waitFor } from '@boomerang/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Arrivals, http, receiveCallbacks, sessionOn } from './support/arrivals.js';

let stack: TestStack;
let arrivals: Arrivals;
beforeAll(async () => {
  stack = await startStack({ counts: { worker: 2, scheduler: 2 } });
  arrivals = await receiveCallbacks(stack.redis.redis, () => sleep(20));
});
afterAll(async () => {
  await arrivals?.close();
  await stack?.stop();
});

test('workers and schedulers stopped by SIGTERM under load drain: nothing is lost, nothing comes twice', async () => {
  const session = await sessionOn(stack, { callback: http(arrivals) });
  const tasks = await Promise.all(Array.from({ length: 3_000 }, (_, i) => session.setTimeout('x', 500 + i)));
  for (const name of ['worker', 'scheduler'] as const) {
    for (const service of stack.processes[name]) {
      await sleep(300);
      await service.kill('SIGTERM');
      expect(service.logs()).toContain('"msg":"stopped"');
      await service.restart();
    }
  }
  await arrivals.waitFor(3_000);
  await waitFor(async () => (await session.list()).tasks.length === 0, { message: 'all settled' });
  expect(arrivals.all).toHaveLength(3_000);
  expect(new Set(arrivals.all.map(({ taskId }) => taskId))).toEqual(
    new Set(tasks.map(({ taskId }) => taskId)),
  );
});
