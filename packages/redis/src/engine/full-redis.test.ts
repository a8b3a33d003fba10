import { expect, test } from 'vitest';
import {
  allReadable,
  aPolicy,
  aTask,
  claimOne,
  failure,
  LEASE_MS,
  SETTINGS,
} from '../../test-support/test-engine.js';
import { useTestEngine } from '../../test-support/use-test-engine.js';
import { scanDeadLetters } from '../dead-letters/scan-dead-letters.js';
import { createOccurrenceStore } from '../occurrences/occurrence-store.js';

const engine = useTestEngine();

const register = (delayMs: number, repeatIntervalMs = 0) =>
  engine.tasks.register('shop', aPolicy(), aTask({ delayMs, repeatIntervalMs }));

const OPEN = { scheduledAfterMs: 0, scheduledBeforeMs: 0, recurring: undefined };

test('a full Redis takes no task and says why; all that it holds can be claimed, renewed, settled and cancelled', async () => {
  const once = await register(0);
  const recurring = await register(30_000, 1_000);
  const cancelled = await register(60_000);
  await engine.redis.config('SET', 'maxmemory', '1');

  await expect(register(0)).rejects.toMatchObject({
    code: 'exhausted',
    message: 'the store is full: Redis has reached its maxmemory',
  });

  const first = await claimOne(engine);
  expect(first.taskId).toBe(once.taskId);
  expect(await engine.occurrences.renew(0, [first])).toEqual([true]);
  const retry = { kind: 'retry', dueMs: 0, failure: failure(1) } as const;
  expect(await engine.occurrences.settle(0, [{ occurrence: first, settlement: retry }])).toEqual([true]);
  const second = await claimOne(engine);
  const end = { kind: 'dead_letter', failure: failure(2) } as const;
  expect(await engine.occurrences.settle(0, [{ occurrence: second, settlement: end }])).toEqual([true]);
  const letters: string[] = [];
  for await (const { taskId } of scanDeadLetters(engine.redis, engine.partitions)) letters.push(taskId);
  expect(letters).toEqual([once.taskId]);

  const third = await claimOne(engine, 30_000);
  expect(third).toMatchObject({ taskId: recurring.taskId, occurrence: 1 });
  expect((await engine.occurrences.firstDue(0)).firstDueMs).toBe(recurring.scheduledTimeMs + 1_000);
  expect(await engine.slices().look(0)).toBeDefined();
  await engine.redis.config('SET', 'maxmemory', '0');
  await engine.redis.zadd(engine.keys.leases, 'XX', 1, third.member);
  await engine.redis.config('SET', 'maxmemory', '1');
  expect(await engine.slices().recoverLost(0, Number.MAX_SAFE_INTEGER)).toBe(1);

  expect(await engine.tasks.cancel('shop', cancelled.taskId)).toMatchObject({ kind: 'cancelled' });
  expect((await engine.tasks.get('shop', cancelled.taskId))?.state).toBe('cancelled');
  expect((await engine.tasks.list('shop', OPEN, 10)).tasks).toHaveLength(1);
});

test('what a claim took whose reply was lost is handed out again by a full Redis, too', async () => {
  const { taskId } = await register(0);
  let lose = true;
  const run: typeof engine.run = async (...call) => {
    const reply = await engine.run(...call);
    if (!lose) return reply;
    lose = false;
    throw new Error('Connection is closed.');
  };
  const store = createOccurrenceStore(
    { ...engine.engine, run },
    { ...SETTINGS, leaseMs: LEASE_MS },
    allReadable,
  );
  await engine.redis.config('SET', 'maxmemory', '1');
  await expect(store.claim(0, 10, 5)).rejects.toThrow();
  expect((await store.claim(0, 10, 5)).claimed).toMatchObject([{ taskId, attempt: 1 }]);
});
