import type { Expiry } from '@boomerang/domain';
import { expect, test } from 'vitest';
import { aPolicy, aTask, claimAll, claimOne, DELIVERED, failure } from '../../test-support/test-engine.js';
import { useTestEngine } from '../../test-support/use-test-engine.js';

const engine = useTestEngine();

const DROPPED: Expiry = { afterMs: 300, deadLetters: false };
const PARKED: Expiry = { afterMs: 300, deadLetters: true };

/** Registers a task whose first occurrence was due so long ago. */
async function overdue(expiry: Expiry, agoMs: number, repeatIntervalMs = 0) {
  const request = { ...aTask({ repeatIntervalMs }), expiry };
  const { taskId, scheduledTimeMs } = await engine.tasks.register('shop', aPolicy(), request);
  // Its record and its place in the due index, as if it had been registered then.
  const first = scheduledTimeMs - agoMs;
  const bytes = Buffer.alloc(6);
  bytes.writeUIntBE(first, 0, 6);
  await engine.redis.setrange(engine.keys.recordPrefix + taskId, 1, bytes as never);
  await engine.redis.zadd(engine.keys.due, first, taskId);
  return { taskId, first };
}
const claim = () => engine.occurrences.claim(0, 10, 5);
const details = (taskId: string) => engine.tasks.get('shop', taskId);
const settle = async (kind: 'retry' | 'dead_letter' | 'delivered', dueMs = 0) => {
  const occurrence = await claimOne(engine);
  const settlement = kind === 'delivered' ? DELIVERED : { kind, dueMs, failure: failure(occurrence.attempt) };
  await engine.occurrences.settle(0, [{ occurrence, settlement: settlement as typeof DELIVERED }]);
};

test('what is claimed in time is handed out, with the time at which it would expire', async () => {
  const { first } = await overdue(DROPPED, 200);
  const { claimed, passedOver } = await claim();
  expect(claimed).toMatchObject([{ expiresAtMs: first + 300 }]);
  expect(passedOver).toEqual({ expired: 0, expiredDeadLetters: 0, missed: 0, overlapping: 0 });
});

test('a task that fires once is dropped when it has expired, and its state and history say so', async () => {
  const { taskId, first } = await overdue(DROPPED, 400);
  const { claimed, passedOver } = await claim();
  expect([claimed, passedOver.expired]).toEqual([[], 1]);
  const attempt = { occurrence: 1, attempt: 0, outcome: 'expired', error: expect.stringContaining('300 ms') };
  expect(await details(taskId)).toMatchObject({ state: 'expired', dueMs: first, attempts: [attempt] });
  expect(await engine.redis.keys('*')).not.toContain(engine.keys.due);
  expect(await engine.redis.hlen(engine.keys.policyRefs)).toBe(0);
  expect(await engine.redis.zcard(`${engine.keys.clientPrefix}shop`)).toBe(0);
});

test('or it becomes a dead letter, with its payload', async () => {
  const { taskId } = await overdue(PARKED, 400);
  expect((await claim()).passedOver).toMatchObject({ expired: 0, expiredDeadLetters: 1 });
  expect(await details(taskId)).toMatchObject({ state: 'dead_lettered' });
  const filter = { bucket: '', afterMs: 0, beforeMs: 0, errorClass: 'expired' } as const;
  const { letters } = await engine.deadLetters.list('shop', filter as never, 10, true);
  expect(letters).toMatchObject([
    { taskId, occurrence: 1, attempts: 0, errorClass: 'expired', payload: Buffer.from('payload') },
  ]);
});

test('a retry expires by the time at which its occurrence was due, and keeps the history', async () => {
  const { taskId } = await overdue(DROPPED, 0);
  await settle('retry');
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect((await claim()).passedOver.expired).toBe(1);
  const attempts = [
    { attempt: 1, outcome: 'rejected' },
    { attempt: 1, outcome: 'expired' },
  ];
  expect(await details(taskId)).toMatchObject({ state: 'expired', attempts });
  expect(await engine.redis.hlen(engine.keys.occurrences)).toBe(0);
});

test('a recurring task goes on behind an occurrence that expired', async () => {
  const { taskId, first } = await overdue(DROPPED, 600, 60_000);
  expect((await claim()).passedOver.expired).toBe(1);
  expect(await details(taskId)).toMatchObject({ state: 'scheduled', occurrence: 2, dueMs: first + 60_000 });
  expect(await claimAll(engine, 60_000)).toMatchObject([{ occurrence: 2 }]);
});

test('a claim that meets nothing but what has expired goes on, and tells of all', async () => {
  for (const agoMs of [500, 450, 100]) await overdue(DROPPED, agoMs);
  const { claimed, passedOver } = await engine.occurrences.claim(0, 2, 5);
  expect([claimed.length, passedOver.expired]).toEqual([1, 2]);
});

test('an attempt that is under way does not expire, nor does one whose worker is gone before its retry', async () => {
  const { taskId } = await overdue(DROPPED, 250);
  const occurrence = await claimOne(engine);
  await new Promise((resolve) => setTimeout(resolve, 200));
  await engine.occurrences.settle(0, [{ occurrence, settlement: DELIVERED }]);
  expect(await details(taskId)).toMatchObject({ state: 'delivered' });
});

test('events tell what expired', async () => {
  await engine.redis.xgroup('CREATE', `${engine.keys.eventPrefix}shop`, 'g', '0', 'MKSTREAM');
  await overdue(DROPPED, 400);
  await overdue(PARKED, 400);
  await claim();
  const entries = await engine.redis.xrange(`${engine.keys.eventPrefix}shop`, '-', '+');
  expect(entries.map(([, fields]) => fields[1])).toEqual([
    'scheduled',
    'scheduled',
    'expired',
    'dead_lettered',
  ]);
});
