import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, openSession } from '@boomerang/client';
import { createClientDirectory } from '@boomerang/redis';
import {
  type FreezingProxy,
  startFreezingProxy,
  startStack,
  startTestRedis,
  type TestRedis,
  type TestStack,
  waitFor,
} from '@boomerang/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Arrivals, http, receiveCallbacks } from './support/arrivals.js';

let redis: TestRedis;
let proxy: FreezingProxy;
let stack: TestStack;
let arrivals: Arrivals;
let token: string;
beforeAll(async () => {
  redis = await startTestRedis();
  proxy = await startFreezingProxy(Number(new URL(redis.url).port));
  const pepper = randomBytes(16).toString('hex');
  const clients = createClientDirectory(redis.redis, pepper);
  await clients.create('shop');
  token = await clients.addKey('shop');
  const env = { BOOMERANG_REDIS_URL: `redis://127.0.0.1:${proxy.port}`, BOOMERANG_KEY_PEPPER: pepper };
  stack = await startStack({ env: { gateway: env, scheduler: env, worker: env } });
  arrivals = await receiveCallbacks(redis.redis);
});
afterAll(async () => {
  await arrivals?.close();
  await stack?.stop();
  proxy?.close();
  await redis?.stop();
});

test('connections to Redis that die without a word are made anew, by every service and without a restart', async () => {
  const connection = await connect({ port: stack.tcpPorts[0] as number });
  const session = await openSession(connection, { token, callback: http(arrivals) });
  const { taskId } = await session.setTimeout('before', 0);
  await arrivals.waitFor(1, taskId);

  expect(proxy.freeze()).toBeGreaterThan(5);
  const parked = await waitFor(
    () =>
      session.setTimeout('after', 500).catch(async () => {
        await sleep(200);
        return undefined;
      }),
    { timeoutMs: 20_000, message: 'a registration to be acked again' },
  );
  await arrivals.waitFor(1, parked.taskId, 20_000);
  const again = await session.setTimeout('and on', 0);
  await arrivals.waitFor(1, again.taskId);
});
