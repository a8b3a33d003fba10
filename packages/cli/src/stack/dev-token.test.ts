import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectRedis, createClientDirectory, type RedisConnection } from '@boomerang/redis';
import { type RedisServer, startRedisServer } from '@boomerang/redis-server';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { keptSecret } from '../state/kept-secret.js';
import { developmentToken } from './dev-token.js';

let server: RedisServer;
let redis: RedisConnection;
let folder: string;
let file: string;
const given = `bmr_mine_${'s'.repeat(32)}`;

beforeAll(async () => {
  server = await startRedisServer();
  redis = await connectRedis({ url: server.url, name: 'test' });
  folder = mkdtempSync(join(tmpdir(), 'boomerang-token-'));
  file = join(folder, 'dev-token');
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  await redis.flushall();
  rmSync(file, { force: true });
});

const directory = (pepper = 'pepper') => createClientDirectory(redis, pepper);

test('a new key is made once, kept, and made known to a Redis that lost it', async () => {
  const token = await developmentToken(directory(), file, undefined);
  expect(await developmentToken(directory(), file, undefined)).toBe(token);
  await redis.flushall();
  expect(await developmentToken(directory(), file, undefined)).toBe(token);
  expect(await directory().authenticate(token)).toMatchObject({ clientId: 'dev' });
});

test('a given key is made known, again and again, and not kept', async () => {
  for (const _ of [1, 2]) expect(await developmentToken(directory(), file, given)).toBe(given);
  expect(await directory().authenticate(given)).toMatchObject({ clientId: 'dev' });
  expect(keptSecret(file)).toBeUndefined();
});

test('a given key that can be none, or not here, is refused by the name of its variable', async () => {
  await expect(developmentToken(directory(), file, 'bmr_short_x')).rejects.toThrow(/^BOOMERANG_DEV_TOKEN: /);
  await developmentToken(directory(), file, given);
  await expect(developmentToken(directory('another'), file, given)).rejects.toThrow(/^BOOMERANG_DEV_TOKEN: /);
});

test('a kept key that was made under another pepper is passed over', async () => {
  const before = await developmentToken(directory(), file, undefined);
  const after = await developmentToken(directory('another'), file, undefined);
  expect(after).not.toBe(before);
  expect(await directory('another').authenticate(after)).toMatchObject({ clientId: 'dev' });
});
