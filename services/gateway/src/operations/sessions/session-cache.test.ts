import { DEFAULT_PERMISSIONS, type Session } from '@boomerang/domain';
import { beforeEach, expect, test } from 'vitest';
import { SessionCache } from './session-cache.js';

const policy = {
  callback: undefined,
  retry: { maxAttempts: 1, strategy: 'FIXED', intervalMs: 1, maxIntervalMs: 1 },
  dlq: { destination: 'x' },
} as const;
const session = (): Session => ({
  sessionId: 's',
  clientId: 'shop',
  keyId: 'k1',
  permissions: DEFAULT_PERMISSIONS,
  policy: { ...policy },
  expiresAtMs: 0,
});

let now = 0;
let reads = 0;
let stored: (() => Promise<Session | undefined>) | undefined;
let cache: SessionCache;
beforeEach(() => {
  now = 0;
  reads = 0;
  stored = async () => session();
  const find = () => {
    reads++;
    return stored?.() ?? Promise.resolve(undefined);
  };
  const unused = () => Promise.reject(new Error('not for this test'));
  cache = new SessionCache({ find, open: unused, refresh: unused }, () => now);
});

test('a session is read once, however many ask for it at the same time', async () => {
  await Promise.all(Array.from({ length: 10 }, () => cache.require('s')));
  await cache.require('s');
  expect(reads).toBe(1);
});

test('after a while it is read again in the background, and its policy stays the same object', async () => {
  const { policy: first } = await cache.require('s');
  now = 500;
  expect((await cache.require('s')).policy).toBe(first);
  expect(reads).toBe(2);
  await new Promise(setImmediate);
  now = 900;
  expect((await cache.require('s')).policy).toBe(first);
});

test('a session that is gone is refused within a second', async () => {
  await cache.require('s');
  stored = async () => undefined;
  now = 500;
  await cache.require('s');
  await new Promise(setImmediate);
  await expect(cache.require('s')).rejects.toMatchObject({ code: 'session_expired' });
});

test('while Redis is away a session is trusted for less than a second', async () => {
  await cache.require('s');
  stored = () => Promise.reject(new Error('away'));
  now = 899;
  expect(await cache.require('s')).toMatchObject({ clientId: 'shop' });
  await new Promise(setImmediate);
  now = 901;
  await expect(cache.require('s')).rejects.toThrow('away');
});

test('without an id nothing is asked', () => {
  expect(() => cache.require('')).toThrow(expect.objectContaining({ code: 'unauthorized' }));
  expect(reads).toBe(0);
});
