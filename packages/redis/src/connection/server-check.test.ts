import { type RedisServer, startRedisServer } from '@boomerang/redis-server';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { connectRedis } from './connection.js';
import { checkServer, refusalOf, warningsAbout } from './server-check.js';
import { redisServes, troubleWith } from './server-health.js';
import { parseServerInfo, readMemoryUse } from './server-info.js';

let server: RedisServer;
let redis: Redis;
beforeAll(async () => {
  server = await startRedisServer();
  redis = (await connectRedis({ url: server.url, name: 'check' })) as Redis;
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});
beforeEach(() =>
  redis.config('SET', 'maxmemory-policy', 'noeviction', 'appendonly', 'yes', 'maxmemory', '100mb'),
);

async function warnings(): Promise<string[]> {
  const heard: string[] = [];
  await checkServer(redis, (problem) => heard.push(problem));
  return heard;
}

test('a Redis that is set right is met without a word', async () => {
  expect(await warnings()).toEqual([]);
});

test('a Redis that may delete tasks is refused, with what to set', async () => {
  await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
  await expect(warnings()).rejects.toThrow(
    /maxmemory-policy allkeys-lru, which deletes tasks.*set noeviction/,
  );
});

test('a Redis that may end sessions, or grow without end, is warned of', async () => {
  await redis.config('SET', 'maxmemory-policy', 'volatile-ttl', 'maxmemory', '0');
  expect(await warnings()).toEqual([
    expect.stringMatching(/volatile-ttl, which ends sessions.*set noeviction/),
    expect.stringMatching(/no maxmemory/),
  ]);
});

test('a Redis that loses acks in a crash is warned of', async () => {
  const info = parseServerInfo((await redis.info()).replace('aof_enabled:1', 'aof_enabled:0'));
  expect(warningsAbout(info)).toEqual([expect.stringMatching(/no append-only file.*set appendonly yes/)]);
});

test('a Redis before version 7 is refused, later ones and Valkey are not', () => {
  const infoOf = (version: string) =>
    parseServerInfo(`redis_version:${version}\r\nmaxmemory_policy:noeviction`);
  expect(refusalOf(infoOf('6.2.14'))).toBe('Redis is version 6.2.14: 7 or later is needed');
  for (const version of ['7.0.0', '7.2.4', '8.2.1', '10.0.0'])
    expect(refusalOf(infoOf(version))).toBeUndefined();
  expect(warningsAbout(infoOf('7.0.0'))).toHaveLength(2);
});

test('where INFO is forbidden, what to see by hand is told', async () => {
  await redis.acl('SETUSER', 'guarded', 'on', '>secret', '~*', '&*', '+@all', '-info');
  const url = server.url.replace('//', '//guarded:secret@');
  const guarded = await connectRedis({ url, name: 'guarded' });
  const heard: string[] = [];
  await checkServer(guarded, (problem) => heard.push(problem));
  expect(heard).toEqual([
    expect.stringMatching(/INFO failed \(NOPERM.*see by hand that it is version 7 or later/),
  ]);
  guarded.disconnect();
});

test('memory is told as Redis counts it against its limit', async () => {
  const { usedBytes, limitBytes } = await readMemoryUse(redis);
  expect(limitBytes).toBe(100 * 1_048_576);
  expect(usedBytes).toBeGreaterThan(500_000);
  expect(usedBytes).toBeLessThan(limitBytes);
});

test('trouble is what would keep a script from writing, and lack of memory is none', async () => {
  expect(await troubleWith(redis)).toBeUndefined();
  await redis.config('SET', 'maxmemory', '1');
  expect(await troubleWith(redis)).toBeUndefined();
  await redis.replicaof('127.0.0.1', 1);
  expect(await troubleWith(redis)).toMatch(/^redis refuses: READONLY/);
  expect(await redisServes({ url: server.url })).toBe(false);
  // The connection was given up, for it might lead to another Redis by now.
  await expect.poll(() => redis.replicaof('NO', 'ONE').catch(String), { timeout: 5_000 }).toBe('OK');
  await expect.poll(() => troubleWith(redis), { timeout: 5_000 }).toBeUndefined();
  expect(await redisServes({ url: server.url })).toBe(true);
});
