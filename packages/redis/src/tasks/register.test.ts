import { partitionOf } from '@boomerang/domain';
import { expect, test } from 'vitest';
import { aPolicy, aTask } from '../../test-support/test-engine.js';
import { useTestEngine } from '../../test-support/use-test-engine.js';
import { NOTICE_MS } from '../engine/engine-settings.js';
import { encodePolicy } from '../layout/policy-codec.js';

const engine = useTestEngine();

test('a registered task has a record, a place in the due index and one in its client index', async () => {
  const before = await engine.now();
  const { taskId, scheduledTimeMs } = await engine.tasks.register(
    'shop',
    aPolicy(),
    aTask({ delayMs: 5_000 }),
  );
  const after = await engine.now();

  expect(partitionOf(taskId)).toBe(0);
  expect(scheduledTimeMs).toBeGreaterThanOrEqual(before + 5_000);
  expect(scheduledTimeMs).toBeLessThanOrEqual(Math.ceil(after) + 5_000);
  expect(await engine.redis.zscore(engine.keys.due, taskId)).toBe(String(scheduledTimeMs));
  expect(await engine.redis.zscore(`${engine.keys.clientPrefix}shop`, taskId)).toBe(String(scheduledTimeMs));
  const task = await engine.tasks.get('shop', taskId);
  expect(task).toMatchObject({
    taskId,
    clientId: 'shop',
    state: 'scheduled',
    dueMs: scheduledTimeMs,
    occurrence: 1,
  });
  expect(task?.payload.toString()).toBe('payload');
});

test('a task for a point in time is due then, and at once if that has passed', async () => {
  const now = Math.ceil(await engine.now());
  const register = (atMs: number, repeatIntervalMs = 0) =>
    engine.tasks.register('shop', aPolicy(), { ...aTask({ repeatIntervalMs }), atMs });
  expect((await register(now + 5_000)).scheduledTimeMs).toBe(now + 5_000);
  expect((await register(now + 7_000, 1_000)).scheduledTimeMs).toBe(now + 7_000);
  const { scheduledTimeMs } = await register(now - 60_000);
  expect(scheduledTimeMs).toBeGreaterThanOrEqual(now);
  expect(scheduledTimeMs).toBeLessThan(now + 1_000);
});

test('a delivery policy is kept once for all tasks that use it, and counted', async () => {
  const policy = aPolicy();
  await Promise.all([1, 2, 3].map(() => engine.tasks.register('shop', policy, aTask({ delayMs: 1_000 }))));
  await engine.tasks.register('shop', policy, aTask({ delayMs: 1_000 }));

  const { hash, json } = encodePolicy(policy);
  expect(await engine.redis.hlen(engine.keys.policies)).toBe(1);
  expect(await engine.redis.hget(engine.keys.policies, hash as never)).toBe(json);
  expect(await engine.redis.hget(engine.keys.policyRefs, hash as never)).toBe('4');
});

test('the same registration sent twice changes nothing and gets the same answer', async () => {
  const { hash, json } = encodePolicy(aPolicy());
  const id = '01a20195-d96f-7000-b7d2-2e3b4a4e0b72';
  const args = [1_000, NOTICE_MS, 1, hash, json, id, 5_000, 0, 0, 'shop', hash, '', Buffer.from('x')];
  const [first] = (await engine.run('register', engine.keys, args)) as number[];
  const [second] = (await engine.run('register', engine.keys, args)) as number[];

  expect(second).toBe(first);
  expect(await engine.redis.zscore(engine.keys.due, id)).toBe(String(first));
  expect(await engine.redis.hget(engine.keys.policyRefs, hash as never)).toBe('1');
});

test('registrations in flight together reach Redis in one script', async () => {
  await engine.redis.config('RESETSTAT');
  const policy = aPolicy();
  await Promise.all(
    Array.from({ length: 60 }, () => engine.tasks.register('shop', policy, aTask({ delayMs: 9_000 }))),
  );

  const stats = await engine.redis.info('commandstats');
  expect(/cmdstat_evalsha:calls=(\d+)/.exec(stats)?.[1]).toBe('1');
  expect(await engine.redis.zcard(engine.keys.due)).toBe(60);
});

test('what becomes first in its slice at short notice is announced; what comes behind it, or later, is not', async () => {
  const announced: number[] = [];
  const end = engine.occurrences.onWake((_partition, dueMs) => announced.push(dueMs));
  const register = async (delayMs: number) =>
    (await engine.tasks.register('shop', aPolicy(), aTask({ delayMs }))).scheduledTimeMs;

  const msIntoSlice = (await engine.now()) % 1_000;
  const toNextSlice = 1_000 - msIntoSlice;
  const first = await register(Math.ceil(toNextSlice + 300));
  await register(Math.ceil(toNextSlice + 600));
  await register(NOTICE_MS + 1_500);
  const earlier = await register(Math.ceil(toNextSlice + 100));
  await engine.redis.ping();
  await expect.poll(() => announced.length).toBe(2);
  end();

  expect(announced).toEqual([first, earlier]);
});
