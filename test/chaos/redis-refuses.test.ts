import { setTimeout as sleep } from 'node:timers/promises';
import type { Session } from '@boomerang/client';
import { connectRedis } from '@boomerang/redis';
import { startStack, type TestStack, waitFor } from '@boomerang/testkit';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Arrivals, http, receiveCallbacks, sessionOn } from '../e2e/support/arrivals.js';
import { waitForReadiness, withoutRestart } from './support/health.js';
import { expectAckedDelivered, expectRefusalsInTime, startSteadyLoad } from './support/steady-load.js';

let stack: TestStack;
let arrivals: Arrivals;
let session: Session;
beforeAll(async () => {
  stack = await startStack();
  arrivals = await receiveCallbacks(stack.redis.redis);
  session = await sessionOn(stack, { callback: http(arrivals) });
});
afterAll(async () => {
  await arrivals?.close();
  await stack?.stop();
});

/** Load before, during and after a time in which Redis refuses with `code`. */
async function live(code: string, begin: () => Promise<unknown>, end: () => Promise<unknown>): Promise<void> {
  const load = startSteadyLoad(session);
  await arrivals.waitFor(arrivals.all.length + 20);
  await begin();
  await waitForReadiness(stack, false);
  await waitFor(() => load.answers.some(({ error }) => String(error).includes(code)), {
    message: `a refusal that says ${code}`,
  });
  await sleep(1_000);
  await end();
  const delivered = arrivals.all.length;
  await arrivals.waitFor(delivered + 1);
  await waitForReadiness(stack, true);
  await load.stop();
  await expectAckedDelivered(load.answers, arrivals);
  expectRefusalsInTime(load.answers);
}

test('a Redis that has become a read-only replica is told of, and work goes on once it is a primary again', () =>
  withoutRestart(stack, () => {
    const { redis } = stack.redis;
    const begin = () => redis.replicaof('127.0.0.1', 1);
    return live('READONLY', begin, () => redis.replicaof('NO', 'ONE'));
  }));

test('a Redis that is busy with a script is told of, and work goes on once that has ended', () =>
  withoutRestart(stack, async () => {
    const { redis, url } = stack.redis;
    await redis.config('SET', 'busy-reply-threshold', '100');
    const runner = await connectRedis({ url, name: 'busy' });
    let ended: Promise<string> | undefined;
    const begin = async () => {
      ended = runner.eval('while true do end', 0).then(String, String);
    };
    const end = async () => {
      await redis.script('KILL');
      expect(await ended).toContain('Script killed by user');
      runner.disconnect();
    };
    await live('BUSY', begin, end);
  }));

const COMMANDS = 5_000;
const LOADING_US = 2_000_000;

/** Whether Redis has been seen to be loading; ends when it has, or at `stopped`. */
async function sawLoading(stopped: () => boolean): Promise<boolean> {
  const { hostname, port } = new URL(stack.redis.url);
  const redis = new Redis(Number(port), hostname, { enableReadyCheck: false, retryStrategy: () => 20 });
  redis.on('error', () => undefined);
  try {
    while (!stopped()) {
      if ((await redis.info('persistence').catch(String)).includes('loading:1')) return true;
      await sleep(20);
    }
    return false;
  } finally {
    redis.disconnect();
  }
}

test('a Redis that reads its data for long is worked with as soon as it has', () =>
  withoutRestart(stack, async () => {
    const { redis } = stack.redis;
    const load = startSteadyLoad(session);
    await arrivals.waitFor(arrivals.all.length + 20);
    await Promise.all(Array.from({ length: COMMANDS }, (_, n) => redis.set(`ballast:${n}`, 'x')));
    await stack.redis.kill();
    let serves = false;
    const loading = sawLoading(() => serves);
    await stack.redis.restart({ args: ['--key-load-delay', String(LOADING_US / COMMANDS)] });
    serves = true;
    expect(await loading).toBe(true);
    const delivered = arrivals.all.length;
    await arrivals.waitFor(delivered + 1);
    await waitForReadiness(stack, true);
    await load.stop();
    await expectAckedDelivered(load.answers, arrivals);
    expectRefusalsInTime(load.answers);
  }));
