import { setTimeout as sleep } from 'node:timers/promises';
import type { Registration, Session } from '@boomerang/client';
import { script, startStack, type TestStack, waitFor } from '@boomerang/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Arrivals, http, receiveCallbacks, sessionOn } from './support/arrivals.js';

const HOUR = 3_600_000;

let stack: TestStack;
let arrivals: Arrivals;
let session: Session;
beforeAll(async () => {
  const env = { worker: { BOOMERANG_LEASE_MS: '1500' } };
  stack = await startStack({ counts: { gateway: 2, worker: 2 }, env, proxied: true });
  arrivals = await receiveCallbacks(stack.redis.redis, async ({ text, attempt }) => {
    if (text === 'hangs at first' && attempt === 1) await sleep(30_000);
    return text === 'fails at first' && attempt === 1 ? { httpStatus: 500 } : undefined;
  });
  session = await sessionOn(stack, { callback: http(arrivals) }, 1);
});
afterAll(async () => {
  await arrivals?.close();
  await stack?.stop();
});

test('a task that is moved comes at its new time, with its new payload, and at no other', async () => {
  const sooner = await session.setTimeout('x', HOUR);
  const later = await session.setTimeout('x', 800);
  const { dueMs } = await session.reschedule(sooner.taskId, { delayMs: 300, payload: 'sooner' });
  await session.reschedule(later.taskId, { delayMs: HOUR });
  const [arrival] = await arrivals.waitFor(1, sooner.taskId);
  expect(arrival).toMatchObject({ text: 'sooner', scheduledTimeMs: dueMs, attempt: 1 });
  await sleep(1_000);
  expect(arrivals.of(later.taskId)).toEqual([]);
  expect(arrivals.of(sooner.taskId)).toHaveLength(1);
});

test('a recurring task that is fired comes at once, and then when it would have come anyway', async () => {
  const { taskId, scheduledTimeMs } = await session.setInterval('x', HOUR, { delayMs: 1_500 });
  const { dueMs } = await session.fire(taskId);
  const seen = await arrivals.waitFor(2, taskId);
  expect(seen.map((one) => [one.occurrence, one.scheduledTimeMs])).toEqual([
    [1, dueMs],
    [2, scheduledTimeMs],
  ]);
  expect(await session.get(taskId)).toMatchObject({ occurrence: 3, dueMs: scheduledTimeMs + HOUR });
});

test('nothing comes of a paused task, whose retry waits with it', async () => {
  const tasks = [await session.setTimeout('fails at first', 0), await session.setInterval('x', 300)];
  for (const { taskId } of tasks) await arrivals.waitFor(1, taskId);
  for (const { taskId } of tasks) await session.pause(taskId);
  await sleep(100);
  const before = tasks.map(({ taskId }) => arrivals.of(taskId).length);
  await sleep(1_500);
  expect(tasks.map(({ taskId }) => arrivals.of(taskId).length)).toEqual(before);
  for (const [n, { taskId }] of tasks.entries()) {
    await session.resume(taskId);
    await arrivals.waitFor((before[n] ?? 0) + 1, taskId);
  }
  const recurring = arrivals.of(tasks[1]?.taskId ?? '');
  const first = tasks[1]?.scheduledTimeMs ?? 0;
  for (const { occurrence, scheduledTimeMs } of recurring)
    expect(scheduledTimeMs).toBe(first + (occurrence - 1) * 300);
});

test('a worker that dies with an attempt of a paused task loses nothing: the task waits, and then comes', async () => {
  const { taskId } = await session.setTimeout('hangs at first', 0);
  await arrivals.waitFor(1, taskId);
  expect(await session.pause(taskId)).toMatchObject({ attemptUnderWay: true });
  for (const worker of stack.processes.worker) await worker.kill('SIGKILL');
  for (const worker of stack.processes.worker) await worker.restart();
  const isPaused = async () => (await session.get(taskId)).state === 'paused';
  await waitFor(isPaused, { timeoutMs: 20_000, message: 'the lost attempt to be held' });
  await sleep(500);
  expect(arrivals.of(taskId)).toHaveLength(1);
  await session.resume(taskId);
  expect((await arrivals.waitFor(2, taskId))[1]).toMatchObject({ attempt: 2 });
});

test('a batch whose gateway is killed half-way is repeated by its keys: each of its tasks comes once', async () => {
  const [victim] = stack.processes.gateway;
  const doomed = await sessionOn(stack, { callback: http(arrivals) }, 0);
  const batch = Array.from({ length: 300 }, (_, n) => {
    return { payload: `batch ${n}`, delayMs: 200, idempotencyKey: `batch ${n}` };
  });
  const fault = stack.arm(victim as NonNullable<typeof victim>, {
    ...{ command: script('register-named'), when: 'after', strike: 'SIGKILL' },
  });
  const failed = doomed.registerBatch(batch).catch((error: Error) => error.name);
  await fault.struck();
  expect(await failed).toBe('ConnectionClosedError');
  fault.disarm();
  await victim?.restart();
  const registered = await session.registerBatch(batch);
  const ids = registered.map((one) => (one as Registration).taskId);
  expect(new Set(ids).size).toBe(300);
  expect(await session.registerBatch(batch)).toEqual(registered);
  const came = () => arrivals.all.filter(({ text }) => text.startsWith('batch '));
  await waitFor(() => came().length >= 300, { message: 'all of the batch' });
  await sleep(400);
  expect(
    came()
      .map(({ taskId }) => taskId)
      .toSorted(),
  ).toEqual(ids.toSorted());
});

describe('a gateway that is killed with a change', () => {
  const change = {
    reschedule: (by: Session, taskId: string) => by.reschedule(taskId, { delayMs: 200 }),
    pause: (by: Session, taskId: string) => by.pause(taskId),
    resume: (by: Session, taskId: string) => by.resume(taskId),
    fire: (by: Session, taskId: string) => by.fire(taskId),
  } as const;
  const points: readonly [what: keyof typeof change, when: 'before' | 'after'][] = [
    ['reschedule', 'before'],
    ['pause', 'after'],
    ['resume', 'after'],
    ['fire', 'after'],
  ];

  test.each(points)('%s, %s it is made, leaves the task whole: it comes once', async (what, when) => {
    const [victim] = stack.processes.gateway;
    const doomed = await sessionOn(stack, { callback: http(arrivals) }, 0);
    const { taskId } = await session.setTimeout('x', HOUR);
    if (what === 'resume') await session.pause(taskId);
    const fault = stack.arm(victim as NonNullable<typeof victim>, {
      ...{ command: script(what), when, strike: 'SIGKILL' },
    });
    const failed = change[what](doomed, taskId).catch((error: Error) => error.name);
    await fault.struck();
    expect(await failed).toBe('ConnectionClosedError');
    fault.disarm();
    await victim?.restart();
    // Whatever is known of it, it can be repeated, and brought to its end.
    await change[what](session, taskId).catch(() => undefined);
    await session.resume(taskId).catch(() => undefined);
    await session.fire(taskId).catch(() => undefined);
    await arrivals.waitFor(1, taskId);
    await sleep(400);
    expect(arrivals.of(taskId)).toHaveLength(1);
  });
});
