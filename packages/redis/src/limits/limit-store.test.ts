import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, expect, test } from 'vitest';
import { useTestEngine } from '../../test-support/use-test-engine.js';
import { createClientDirectory } from '../clients/client-directory.js';
import { removeClient } from '../clients/remove-client.js';
import { globalKeys } from '../partitions/keys.js';
import { createLimitStore } from './limit-store.js';
import { resetOwnLimits, setOwnLimits } from './own-limits.js';

const engine = useTestEngine({ partitions: 2 });
beforeEach(() => createClientDirectory(engine.redis, 'a pepper of some length').create('shop'));
const store = () => createLimitStore(engine.redis, engine.run, engine.map);

test('a bucket is full at first, is emptied by what is taken, goes below 0, and fills again', async () => {
  expect(await store().spend('shop', 300, 1_000)).toBe(700);
  const left = await store().spend('shop', 900, 1_000);
  expect(left).toBeGreaterThanOrEqual(-200);
  expect(left).toBeLessThan(0);
  await sleep(300);
  expect(await store().spend('shop', 0, 1_000)).toBeGreaterThanOrEqual(left + 300);
  expect(await store().spend('rival', 1, 1_000)).toBe(999);
});

test('a bucket is forgotten when it would be full again', async () => {
  await store().spend('shop', 500, 100);
  const [bucket = ''] = await engine.redis.keys('{*}b:shop');
  const ttl = await engine.redis.pttl(bucket);
  expect(ttl).toBeGreaterThan(4_000);
  expect(ttl).toBeLessThanOrEqual(6_000);
});

test('a bucket whose limit was lowered holds no more than the new limit', async () => {
  await store().spend('shop', 0, 1_000);
  expect(await store().spend('shop', 1, 10)).toBe(9);
});

test('a client has limits of its own until they are taken from it, or it is removed', async () => {
  await setOwnLimits(engine.redis, 'shop', { registrationsPerSecond: 5, parkedTasks: 0 });
  expect(await store().overridesOf('shop')).toEqual({ registrationsPerSecond: 5, parkedTasks: 0 });
  await resetOwnLimits(engine.redis, 'shop', ['parkedTasks']);
  expect(await store().overridesOf('shop')).toEqual({ registrationsPerSecond: 5 });
  expect(await store().overridesOf('rival')).toEqual({});
  await removeClient(engine.redis, 'shop', { withTasks: false });
  expect(await engine.redis.exists(globalKeys.clientLimits('shop'))).toBe(0);
  await expect(setOwnLimits(engine.redis, 'shop', { parkedTasks: 1 })).rejects.toMatchObject({
    code: 'conflict',
  });
  await expect(setOwnLimits(engine.redis, 'nobody', { parkedTasks: 1 })).rejects.toMatchObject({
    code: 'not_found',
  });
});

test('what no limit can be is not one', async () => {
  await engine.redis.hset(globalKeys.clientLimits('shop'), {
    parkedTasks: 'many',
    payloadBytes: -1,
    registrationsPerSecond: 0,
    ofNextYear: 7,
  });
  expect(await store().overridesOf('shop')).toEqual({});
});
