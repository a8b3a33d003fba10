import { setTimeout as sleep } from 'node:timers/promises';
import type { Registration, Session } from '@boomerang/client';
import { type FaultPlan, script, startStack, type TestStack, waitFor } from '@boomerang/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Arrivals, http, receiveCallbacks, sessionOn } from '../e2e/support/arrivals.js';
import { untilNothingIsLeft } from './support/leftovers.js';
import { expectNoRepeats } from './support/promises.js';

const KEYS = 8;
const DELAY_MS = 300;
const RETENTION_MS = 200;

let stack: TestStack;
let arrivals: Arrivals;

async function start(idempotencyRetentionMs: number): Promise<void> {
  const retention = { BOOMERANG_RETENTION_MS: String(RETENTION_MS) };
  const gateway = { ...retention, BOOMERANG_IDEMPOTENCY_RETENTION_MS: String(idempotencyRetentionMs) };
  stack = await startStack({ counts: { gateway: 2 }, proxied: true, env: { gateway, worker: retention } });
  arrivals = await receiveCallbacks(stack.redis.redis);
}
async function stop(): Promise<void> {
  await arrivals?.close();
  await stack?.stop();
}

describe('a gateway that is struck while it registers a task with a key', () => {
  beforeAll(() => start(86_400_000));
  afterAll(stop);

  const POINTS: readonly Pick<FaultPlan, 'command' | 'when'>[] = [
    { command: script('reserve-names'), when: 'before' },
    { command: script('reserve-names'), when: 'after' },
    { command: script('register-named'), when: 'before' },
    { command: script('register-named'), when: 'after' },
  ];
  const NAMES = [
    'before the key is reserved',
    'after the key was reserved',
    'before the task is registered',
    'after the task was registered, before the ack',
  ];
  const strikes = ['SIGKILL', 'SIGSTOP', 'cut'] as const;
  const runs = strikes.flatMap((strike) => POINTS.map((point, n) => [NAMES[n], strike, point] as const));

  test.each(runs)('%s, by %s: each key is one task, which comes once', async (name, strike, point) => {
    const [victim] = stack.processes.gateway;
    const first = await sessionOn(stack, { callback: http(arrivals) }, 0);
    const second = await sessionOn(stack, { callback: http(arrivals) }, 1);
    const keys = Array.from({ length: KEYS }, (_, n) => `${name}, ${strike}: ${n}`);
    const register = (session: Session) =>
      Promise.allSettled(
        keys.map((key) => session.setTimeout(key, DELAY_MS, { idempotencyKey: key, timeoutMs: 3_000 })),
      );

    const fault = stack.arm(victim as NonNullable<typeof victim>, { ...point, strike });
    const struck = register(first);
    await fault.struck();
    const tasks = (await register(second)).map(
      (result) => (result as PromiseFulfilledResult<Registration>).value,
    );
    await Promise.all(tasks.map(({ taskId }) => arrivals.waitFor(1, taskId)));
    await sleep(2 * RETENTION_MS);
    await fault.release();
    fault.disarm();
    if (!victim?.running) await victim?.restart();
    for (const [n, result] of (await struck).entries()) {
      if (result.status === 'fulfilled') expect(result.value).toEqual(tasks[n]);
    }
    // They have come and are forgotten, but for their keys.
    await expect(second.get(tasks[0]?.taskId as string)).rejects.toMatchObject({ code: 'not_found' });
    const again = await register(await sessionOn(stack, { callback: http(arrivals) }, 0));
    expect(again).toEqual(tasks.map((value) => ({ status: 'fulfilled', value })));
    await untilNothingIsLeft(stack);
    const ids = arrivals.all.filter(({ text }) => keys.includes(text)).map(({ taskId }) => taskId);
    expect(ids.sort()).toEqual(tasks.map(({ taskId }) => taskId).sort());
    expectNoRepeats(arrivals.all);
  });
});

describe('the lifetime of a key', () => {
  beforeAll(() => start(2_000));
  afterAll(stop);

  test('ends a while after its task has: then it stands for another one', async () => {
    const session = await sessionOn(stack, { callback: http(arrivals) });
    const register = () => session.setTimeout('x', 0, { idempotencyKey: 'order-7' });
    const first = await register();
    await arrivals.waitFor(1, first.taskId);
    const arrivedAt = performance.now();
    let next = first;
    const isAnother = async () => {
      next = await register();
      return next.taskId !== first.taskId;
    };
    await waitFor(isAnother, { timeoutMs: 30_000, message: 'the key to be free' });
    expect(performance.now() - arrivedAt).toBeGreaterThan(2_000);
    await arrivals.waitFor(1, next.taskId);
    await untilNothingIsLeft(stack);
    expect(arrivals.all.map(({ taskId }) => taskId)).toEqual([first.taskId, next.taskId]);
  });
});
