import { connect, openSession, type Session } from '@boomerang/client';
import type { RedisConnection } from '@boomerang/redis';
import { startStack, type TestStack, waitFor } from '@boomerang/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Arrivals, http, receiveCallbacks, sessionOn } from '../e2e/support/arrivals.js';
import { deadLettersOf } from '../e2e/support/dead-letters.js';
import { reasonsToRestart, waitForReadiness, withoutRestart } from './support/health.js';

const MEBIBYTE = 1_048_576;
/** What Redis may take on top of what it uses when the test begins. */
const ROOM = 24 * MEBIBYTE;
const PAYLOAD = Buffer.alloc(64 * 1_024, 'x');

let stack: TestStack;
let redis: RedisConnection;
let arrivals: Arrivals;
let session: Session;
beforeAll(async () => {
  stack = await startStack();
  redis = stack.redis.redis;
  arrivals = await receiveCallbacks(redis, ({ text }) =>
    text === 'fail' ? { error: 'not welcome' } : undefined,
  );
  session = await sessionOn(stack, { callback: http(arrivals), retry: { maxAttempts: 1 } });
});
afterAll(async () => {
  await arrivals?.close();
  await stack?.stop();
});

async function memory(): Promise<{ used: number; share: number }> {
  const info = await redis.info('memory');
  const [used = 0, counted = 0, limit = 0] = ['used_memory', 'mem_not_counted_for_evict', 'maxmemory'].map(
    (name) => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1]),
  );
  return { used, share: (used - counted) / limit };
}

/** Parks tasks until one is refused; their ids, and the refusal. */
async function registerUntilRefused(): Promise<{ parked: string[]; refusal: string }> {
  const parked: string[] = [];
  for (;;) {
    try {
      parked.push((await session.setTimeout(PAYLOAD, 3_600_000)).taskId);
    } catch (error) {
      return { parked, refusal: String(error) };
    }
  }
}

/** That tasks which are in Redis are delivered, dead-lettered, cancelled, and come again. */
async function expectLifeGoesOn(tasks: Record<'once' | 'fails' | 'recurs' | 'waits', string>): Promise<void> {
  await arrivals.waitFor(1, tasks.once, 20_000);
  await waitFor(async () => (await deadLettersOf(stack, tasks.fails)).length === 1, {
    message: 'the dead letter',
  });
  await waitFor(async () => (await session.get(tasks.once)).state === 'delivered', { message: 'the end' });
  const soFar = arrivals.of(tasks.recurs).length;
  await arrivals.waitFor(soFar + 3, tasks.recurs, 20_000);
  await session.cancel(tasks.waits);
  expect((await session.get(tasks.waits)).state).toBe('cancelled');
}

async function registerSome(delayMs: number) {
  const ids = await Promise.all([
    session.setTimeout('once', delayMs),
    session.setTimeout('fail', delayMs),
    session.setInterval('recurs', 1_000),
    session.setTimeout('waits', 3_600_000),
  ]);
  const [once = '', fails = '', recurs = '', waits = ''] = ids.map(({ taskId }) => taskId);
  return { once, fails, recurs, waits };
}

test('from 80 % of maxmemory on registrations are refused, and all that is stored lives on', () =>
  withoutRestart(stack, async () => {
    const tasks = await registerSome(8_000);
    const limit = (await memory()).used + ROOM;
    await redis.config('SET', 'maxmemory', String(limit));
    const { parked, refusal } = await registerUntilRefused();

    expect(refusal).toMatch(/short of memory: Redis uses 8\d % of its maxmemory/);
    const { share } = await memory();
    expect(share).toBeGreaterThan(0.75);
    expect(share).toBeLessThan(1);
    const connection = await connect({ port: stack.tcpPorts[0] as number });
    const open = () => openSession(connection, { token: stack.token });
    // Sessions are small, so some may still fit in where the last task did not.
    const noSession = await waitFor(() => open().then(() => undefined, String), {
      message: 'no more sessions',
    });
    expect(noSession).toMatch(/short of memory/);
    await waitForReadiness(stack, true);
    await expectLifeGoesOn(tasks);

    await Promise.all(parked.map((taskId) => session.cancel(taskId)));
    const again = await waitFor(() => session.setTimeout('again', 0).catch(() => undefined), {
      message: 'a registration to be taken again',
    });
    await arrivals.waitFor(1, again.taskId);
    await session.cancel(tasks.recurs);
    await redis.config('SET', 'maxmemory', '0');
  }));

test('a Redis that others have filled up to the brim takes no tickets, and yet delivers what it holds', () =>
  withoutRestart(stack, async () => {
    const tasks = await registerSome(4_000);
    await redis.config('SET', 'maxmemory', String((await memory()).used + MEBIBYTE));
    const ballast = Buffer.alloc(64 * 1_024, 'b');
    await expect(
      (async () => {
        for (let n = 0; ; n++) await redis.set(`ballast:${n}`, ballast);
      })(),
    ).rejects.toThrow(/^OOM/);
    await redis.config('SET', 'maxmemory', String(Math.floor((await memory()).used * 0.9)));
    const logged = () =>
      Object.values(stack.processes)
        .flat()
        .map((service) => service.logs().length);
    const loggedBefore = logged();
    const began = performance.now();

    await expect(session.setTimeout('x', 0)).rejects.toThrow(/the store is (full|short of memory)/);
    await expectLifeGoesOn(tasks);
    expect(await reasonsToRestart(stack)).toEqual([]);
    await waitForReadiness(stack, true);
    // A few lines of a few kinds, each once in five seconds.
    const seconds = (performance.now() - began) / 1_000;
    logged().forEach((length, i) => {
      expect(length - (loggedBefore[i] ?? 0)).toBeLessThan(4_096 * (5 + seconds));
    });
    await redis.config('SET', 'maxmemory', '0');
    const again = await waitFor(() => session.setTimeout('again', 0).catch(() => undefined), {
      message: 'a registration to be taken again',
    });
    await arrivals.waitFor(1, again.taskId);
  }));
