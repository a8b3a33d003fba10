import { connect, openSession, resumeSession } from '@boomerang/client';
import { partitionOf } from '@boomerang/domain';
import { startStack, type TestStack, waitFor } from '@boomerang/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Arrivals, http, receiveCallbacks, sessionOn } from './support/arrivals.js';

let stack: TestStack;
let arrivals: Arrivals;
beforeAll(async () => {
  stack = await startStack({ counts: { gateway: 2, scheduler: 2, worker: 2 } });
  arrivals = await receiveCallbacks(stack.redis.redis);
});
afterAll(async () => {
  await arrivals?.close();
  await stack?.stop();
});

test('two gateways, schedulers and workers share everything: each task comes once, and both workers take part', async () => {
  const here = await sessionOn(stack, { callback: http(arrivals) });
  const there = resumeSession(await connect({ port: stack.tcpPorts[1] as number }), here.sessionId);
  const tasks = await Promise.all(
    Array.from({ length: 2_000 }, (_, i) => (i % 2 ? here : there).setTimeout('x', 500 + (i % 4) * 900)),
  );
  expect(new Set(tasks.map(({ taskId }) => partitionOf(taskId))).size).toBe(4);
  await arrivals.waitFor(2_000);
  await waitFor(async () => (await here.list()).tasks.length === 0, { message: 'all settled' });
  expect(new Set(arrivals.all.map(({ taskId }) => taskId)).size).toBe(2_000);
  expect(arrivals.all).toHaveLength(2_000);
  for (const port of stack.httpPorts.worker) {
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    expect(metrics).toMatch(/boomerang_worker_settled_attempts_total\{outcome="delivered"\} [1-9]/);
  }
});

test("tasks in every partition are listed page by page to their client, and none of another's", async () => {
  const mine = await sessionOn(stack, { callback: http(arrivals) });
  const rival = await openSession(await connect({ port: stack.tcpPorts[1] as number }), {
    token: await stack.createClient('rival'),
    callback: http(arrivals),
  });
  const tasks = [];
  for (let i = 0; i < 40; i++) tasks.push(await mine.setTimeout('mine', 600_000 + i * 10));
  const theirs = await rival.setTimeout('theirs', 600_000);
  expect(new Set(tasks.map(({ taskId }) => partitionOf(taskId))).size).toBe(4);

  const listed: string[] = [];
  for (let nextToken: string | undefined = ''; nextToken !== undefined; ) {
    const page = await mine.list({ limit: 7, nextToken });
    listed.push(...page.tasks.map(({ taskId }) => taskId));
    nextToken = page.nextToken;
  }
  expect(listed).toEqual(tasks.map(({ taskId }) => taskId));
  expect((await rival.list()).tasks.map(({ taskId }) => taskId)).toEqual([theirs.taskId]);
  await expect(mine.get(theirs.taskId)).rejects.toMatchObject({ status: 'INVALID_REQUEST' });
  await expect(mine.cancel(theirs.taskId)).rejects.toMatchObject({ status: 'INVALID_REQUEST' });
  expect(await rival.get(theirs.taskId)).toMatchObject({ state: 'scheduled' });
});
