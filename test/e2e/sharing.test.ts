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

test('two gateways, schedulers and workers share everything: each task comes once, whoever registers and delivers it', async () => {
  const here = await sessionOn(stack, { callback: http(arrivals) });
  const there = resumeSession(await connect({ port: stack.tcpPorts[1] as number }), here.sessionId);
  const deliver = async (count: number) => {
    const before = arrivals.all.length;
    const tasks = await Promise.all(
      Array.from({ length: count }, (_, i) => (i % 2 ? here : there).setTimeout('x', 500 + (i % 4) * 900)),
    );
    await arrivals.waitFor(before + count);
    await waitFor(async () => (await here.list()).tasks.length === 0, { message: 'all settled' });
    return tasks.map(({ taskId }) => taskId);
  };
  const registered = await deliver(2_000);
  expect(new Set(registered.map(partitionOf)).size).toBe(4);
  // Which of two takes a light slice is chance: each has to deliver alone what both gateways take.
  for (const [working, resting] of [
    [1, 0],
    [0, 1],
  ] as const) {
    await stack.processes.worker[resting]?.kill('SIGTERM');
    registered.push(...(await deliver(200)));
    const metrics = await (await fetch(`http://127.0.0.1:${stack.httpPorts.worker[working]}/metrics`)).text();
    expect(metrics).toMatch(/boomerang_worker_settled_attempts_total\{outcome="delivered"\} [1-9]/);
    await stack.processes.worker[resting]?.restart();
  }
  expect(arrivals.all).toHaveLength(registered.length);
  expect(new Set(arrivals.all.map(({ taskId }) => taskId))).toEqual(new Set(registered));
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
  let nextToken: string | undefined;
  do {
    const page = await mine.list({ limit: 7, ...(nextToken === undefined ? {} : { nextToken }) });
    listed.push(...page.tasks.map(({ taskId }) => taskId));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  expect(listed).toEqual(tasks.map(({ taskId }) => taskId));
  expect((await rival.list()).tasks.map(({ taskId }) => taskId)).toEqual([theirs.taskId]);
  await expect(mine.get(theirs.taskId)).rejects.toMatchObject({ status: 'INVALID_REQUEST' });
  await expect(mine.cancel(theirs.taskId)).rejects.toMatchObject({ status: 'INVALID_REQUEST' });
  expect(await rival.get(theirs.taskId)).toMatchObject({ state: 'scheduled' });
});
