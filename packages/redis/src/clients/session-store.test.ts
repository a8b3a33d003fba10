import { expect, test } from 'vitest';
import { aKey, aPolicy } from '../../test-support/test-engine.js';
import { useTestEngine } from '../../test-support/use-test-engine.js';
import { globalKeys } from '../partitions/keys.js';
import { createSessionStore } from './session-store.js';

const engine = useTestEngine();

test('a session is kept in Redis with a TTL and found again by its id', async () => {
  const sessions = createSessionStore(engine.redis, 5_000);
  const policy = aPolicy();
  const opened = await sessions.open(aKey(), policy);
  expect(await sessions.find(opened.sessionId)).toEqual(opened);
  expect(opened).toMatchObject({ ...aKey(), policy });
  expect(Math.abs(opened.expiresAtMs - (await engine.now()) - 5_000)).toBeLessThan(500);
  const ttl = await engine.redis.pttl(globalKeys.session(opened.sessionId));
  expect(ttl).toBeGreaterThan(4_000);
  expect(ttl).toBeLessThanOrEqual(5_000);
});

test('a session without a callback comes back without one', async () => {
  const sessions = createSessionStore(engine.redis, 5_000);
  const policy = { ...aPolicy(), callback: undefined };
  const { sessionId } = await sessions.open(aKey(), policy);
  expect((await sessions.find(sessionId))?.policy).toEqual(policy);
});

test('a session expires, unless it is refreshed', async () => {
  const sessions = createSessionStore(engine.redis, 150);
  const [kept, left] = await Promise.all([
    sessions.open(aKey(), aPolicy()),
    sessions.open(aKey(), aPolicy()),
  ]);
  await new Promise((resolve) => setTimeout(resolve, 90));
  expect(await sessions.refresh(kept.sessionId)).toBeGreaterThan(kept.expiresAtMs);
  await new Promise((resolve) => setTimeout(resolve, 90));
  expect(await sessions.find(kept.sessionId)).toBeDefined();
  expect(await sessions.find(left.sessionId)).toBeUndefined();
  expect(await sessions.refresh(left.sessionId)).toBeUndefined();
});

test('a session that an older release opened is that of a key without permissions of its own', async () => {
  const sessions = createSessionStore(engine.redis, 5_000);
  const { sessionId } = await sessions.open(aKey(), aPolicy());
  const key = globalKeys.session(sessionId);
  const { keyId: _, ...older } = JSON.parse((await engine.redis.get(key)) ?? '');
  await engine.redis.set(key, JSON.stringify(older), 'KEEPTTL');
  expect(await sessions.find(sessionId)).toMatchObject({ ...aKey(), keyId: undefined });
});
