import { expect, test } from 'vitest';
import { aPolicy, aTask, claimAll, claimOne, failure } from '../../test-support/test-engine.js';
import { useTestEngine } from '../../test-support/use-test-engine.js';
import { joinFormat } from './format.js';
import { globalKeys } from './keys.js';

const engine = useTestEngine();

test('releases that read each other join in any order, once and again', async () => {
  await engine.redis.del(globalKeys.formats);
  await joinFormat(engine.redis, { reads: 2, writes: 1 });
  await joinFormat(engine.redis, { reads: 2, writes: 2 });
  await joinFormat(engine.redis, { reads: 2, writes: 1 });
  expect((await engine.redis.smembers(globalKeys.formats)).sort()).toEqual(['1', '2']);
});

test('a release that can not read what a newer one has written refuses to start, and says so', async () => {
  await engine.redis.del(globalKeys.formats);
  await joinFormat(engine.redis, { reads: 2, writes: 2 });
  await expect(joinFormat(engine.redis, { reads: 1, writes: 1 })).rejects.toThrow(
    'Redis holds data in format 2, written by a newer release, and this one reads up to format 1: start the newer one',
  );
});

/** Registers a task and makes its record one that only a newer release can read. */
async function registerFromTheFuture(): Promise<string> {
  const { taskId } = await engine.tasks.register('shop', aPolicy(), aTask());
  await engine.redis.setrange(engine.keys.recordPrefix + taskId, 0, '\x63');
  return taskId;
}

test('what only a newer release can read is left for one, a second later, and holds up nothing else', async () => {
  const future = await registerFromTheFuture();
  const { taskId } = await engine.tasks.register('shop', aPolicy(), aTask());
  const before = await engine.now();
  expect((await claimAll(engine)).map((claimed) => claimed.taskId)).toEqual([taskId]);
  expect(Number(await engine.redis.zscore(engine.keys.due, future))).toBeGreaterThanOrEqual(before + 999);
  expect(await engine.redis.exists(engine.keys.recordPrefix + future)).toBe(1);
});

test('a lease of an attempt that only a newer release can read is left to it', async () => {
  const future = await registerFromTheFuture();
  const member = `${future}:1`;
  await engine.redis.zadd(engine.keys.leases, 1, member);
  await engine.redis.hset(engine.keys.occurrences, member, 'a state of the future');
  await engine.slices().recoverLost(0, await engine.now());
  expect(await engine.redis.zscore(engine.keys.leases, member)).toBe('1');
  expect(await engine.redis.hexists(engine.keys.occurrences, member)).toBe(1);
});

test('the outcome of an attempt that only a newer release can read is left to it', async () => {
  const { taskId } = await engine.tasks.register('shop', aPolicy(), aTask({ repeatIntervalMs: 60_000 }));
  const occurrence = await claimOne(engine);
  const state = await engine.redis.hgetBuffer(engine.keys.occurrences, occurrence.member);
  await engine.redis.setrange(engine.keys.recordPrefix + taskId, 0, '\x63');
  const settlement = { kind: 'retry', dueMs: 0, failure: failure(1) } as const;
  await engine.occurrences.settle(0, [{ occurrence, settlement }]);
  expect(await engine.redis.zscore(engine.keys.leases, occurrence.member)).not.toBeNull();
  expect(await engine.redis.hgetBuffer(engine.keys.occurrences, occurrence.member)).toEqual(state);
});

test('a client that asks for such a task is told, and nothing is changed', async () => {
  const future = await registerFromTheFuture();
  await expect(engine.tasks.cancel('shop', future)).rejects.toMatchObject({ code: 'unavailable' });
  await expect(engine.tasks.get('shop', future)).rejects.toMatchObject({ code: 'unavailable' });
  expect(await engine.redis.zcard(engine.keys.due)).toBe(1);
});
