import { setTimeout as sleep } from 'node:timers/promises';
import {
  type FreezingProxy,
  startFreezingProxy,
  startTestRedis,
  type TestRedis,
  waitFor,
} from '@boomerang/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectRedis, type RedisConnection } from './connection.js';
import { openSubscription } from './open-subscription.js';
import type { Subscription } from './subscription.js';

let server: TestRedis;
let proxy: FreezingProxy;
let connection: RedisConnection;
let subscription: Subscription;
const heard: string[] = [];
beforeAll(async () => {
  server = await startTestRedis();
  proxy = await startFreezingProxy(server.port);
  const address = { url: `redis://127.0.0.1:${proxy.port}`, name: 'test' };
  connection = await connectRedis(address);
  subscription = await openSubscription({ ...address, connection });
  subscription.onMessage((channel, message) => heard.push(`${channel}: ${message}`));
  await subscription.hear(['a', 'b']);
});
afterAll(async () => {
  subscription?.close();
  connection?.disconnect();
  proxy?.close();
  await server?.stop();
});

async function untilHeard(channel: string, timeoutMs: number): Promise<void> {
  heard.length = 0;
  const published = async () => {
    await server.redis.publish(channel, 'now');
    await sleep(10);
    return heard.includes(`${channel}: now`);
  };
  await waitFor(published, { timeoutMs, message: `${channel} to be heard` });
}

test('a connection that died without a word is made anew within two seconds, with all its channels', async () => {
  for (const channel of ['a', 'b']) await untilHeard(channel, 500);
  expect(proxy.freeze()).toBe(2);
  for (const channel of ['a', 'b']) await untilHeard(channel, 2_000);
});

test('so is one whose server stood still for longer', async () => {
  server.freeze();
  await sleep(4_000);
  server.thaw();
  await untilHeard('a', 2_000);
});

test('channels are changed as they are asked for', async () => {
  await subscription.hear(['b', 'c']);
  await untilHeard('c', 500);
  await server.redis.publish('a', 'now');
  await untilHeard('b', 500);
  expect(heard.filter((message) => message.startsWith('a'))).toEqual([]);
});

test('a refusal is told, and asking again helps once it is over', async () => {
  await server.redis.call('ACL', 'SETUSER', 'deaf', 'on', '>secret', '~*', '&other', '+@all');
  const url = server.url.replace('//', '//deaf:secret@');
  const own = await connectRedis({ url, name: 'deaf' });
  const refused = await openSubscription({ url, name: 'deaf', connection: own });
  await expect(refused.hear(['a'])).rejects.toThrow(/^NOPERM/);
  await server.redis.call('ACL', 'SETUSER', 'deaf', '&a');
  await refused.hear(['a']);
  refused.close();
  own.disconnect();
});
