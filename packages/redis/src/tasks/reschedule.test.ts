import type { TaskChange } from '@boomerang/domain';
import { describe, expect, test } from 'vitest';
import { aPolicy, aTask, claimAll, claimOne, failure, queueOverdue } from '../../test-support/test-engine.js';
import { useTestEngine } from '../../test-support/use-test-engine.js';
import { createCalendarStore } from './calendar-store.js';

const engine = useTestEngine();
type Claimed = Awaited<ReturnType<typeof claimOne>>;
const MOST_OVER_UDP = 900;

const register = (options: Parameters<typeof aTask>[0] = {}) =>
  engine.tasks.register('shop', aPolicy(), aTask(options));
const reschedule = (taskId: string, change: Partial<TaskChange>, client = 'shop') =>
  engine.tasks.reschedule(client, taskId, { newPhase: false, ...change }, MOST_OVER_UDP);
const settle = (occurrence: Claimed, kind: 'retry' | 'give_back', dueMs = 0) =>
  engine.occurrences.settle(0, [
    { occurrence, settlement: { kind, dueMs, failure: failure(1), reason: 'endpoint_busy' } as never },
  ]);
const details = (taskId: string) => engine.tasks.get('shop', taskId);
const listed = (taskId: string) =>
  engine.redis.zscore(`${engine.keys.clientPrefix}shop`, taskId).then(Number);
const nothingClaimed = async (aheadMs: number) => expect(await claimAll(engine, aheadMs)).toEqual([]);

describe('a task that fires once', () => {
  test.each([
    ['later', 10_000, 60_000],
    ['earlier', 60_000, 10_000],
  ])('comes %s once it is moved, once, and is listed there', async (_, delayMs, newDelayMs) => {
    const { taskId } = await register({ delayMs });
    const before = await engine.now();
    const result = await reschedule(taskId, { delayMs: newDelayMs });
    expect(result).toMatchObject({ kind: 'done', occurrence: 1, attemptUnderWay: false });
    const { dueMs } = result as { dueMs: number };
    expect(dueMs).toBeGreaterThanOrEqual(before + newDelayMs);
    expect(dueMs).toBeLessThan(before + newDelayMs + 1_000);
    expect(await details(taskId)).toMatchObject({ state: 'scheduled', dueMs });
    expect(await listed(taskId)).toBe(dueMs);
    await nothingClaimed(newDelayMs - 5_000);
    expect(await claimOne(engine, 60_000)).toMatchObject({
      taskId,
      attempt: 1,
      scheduledTimeMs: dueMs,
      dueMs,
    });
    await nothingClaimed(100_000);
  });

  test('moved to a time is due then, and to a time that has passed, now', async () => {
    const { taskId } = await register({ delayMs: 60_000 });
    const atMs = Math.ceil(await engine.now()) + 5_000;
    expect(await reschedule(taskId, { atMs })).toMatchObject({ dueMs: atMs });
    const now = await engine.now();
    const { dueMs } = (await reschedule(taskId, { atMs: 1_000 })) as { dueMs: number };
    expect(dueMs).toBeGreaterThanOrEqual(now);
    expect(await claimOne(engine)).toMatchObject({ taskId, scheduledTimeMs: dueMs });
  });

  test('gets another payload, longer or empty, and keeps all else', async () => {
    const { taskId, scheduledTimeMs } = await register({ delayMs: 5_000 });
    for (const payload of [Buffer.from('x'.repeat(100_000)), Buffer.alloc(0), Buffer.from('other')]) {
      expect(await reschedule(taskId, { payload })).toMatchObject({ dueMs: scheduledTimeMs });
      expect((await details(taskId))?.payload).toEqual(payload);
    }
    expect(await claimOne(engine, 10_000)).toMatchObject({ payload: Buffer.from('other'), scheduledTimeMs });
  });

  test.each(['under way', 'to be retried'])(
    'whose attempt is %s is not changed, and says so',
    async (how) => {
      const { taskId } = await register();
      const occurrence = await claimOne(engine);
      const dueMs = Math.ceil(await engine.now()) + 5_000;
      if (how === 'to be retried') await settle(occurrence, 'retry', dueMs);
      const before = await details(taskId);
      for (const change of [{ delayMs: 60_000 }, { payload: Buffer.from('other') }])
        expect(await reschedule(taskId, change)).toEqual({ kind: 'refused', why: 'begun' });
      expect(await details(taskId)).toEqual(before);
    },
  );

  test('that was given back before any attempt is moved, and its first attempt is the first', async () => {
    const { taskId } = await register();
    await settle(await claimOne(engine), 'give_back', Math.ceil(await engine.now()) + 5_000);
    const { dueMs } = (await reschedule(taskId, { delayMs: 30_000 })) as { dueMs: number };
    await nothingClaimed(20_000);
    expect(await claimOne(engine, 40_000)).toMatchObject({ attempt: 1, scheduledTimeMs: dueMs });
  });

  test('can neither be made to recur nor get a phase', async () => {
    const { taskId } = await register({ delayMs: 1_000 });
    const refused = { kind: 'refused', why: 'once' };
    expect(await reschedule(taskId, { repeatIntervalMs: 1_000 })).toEqual(refused);
    expect(await reschedule(taskId, { delayMs: 5, newPhase: true })).toEqual(refused);
  });

  test('that is overdue and queued leaves the queue, and its client the rotation', async () => {
    const { taskId } = await register();
    await queueOverdue(engine, ['shop']);
    await reschedule(taskId, { delayMs: 30_000 });
    const { rotation, overduePrefix } = engine.keys;
    expect(await engine.redis.exists(rotation, `${overduePrefix}shop`)).toBe(0);
    await nothingClaimed(20_000);
    expect(await claimOne(engine, 40_000)).toMatchObject({ taskId });
  });

  test('that is paused stays so, and is due at the new time afterwards', async () => {
    const { taskId } = await register();
    await engine.tasks.pause('shop', taskId);
    const { dueMs } = (await reschedule(taskId, { delayMs: 30_000 })) as { dueMs: number };
    expect(await details(taskId)).toMatchObject({ state: 'paused', dueMs });
    await nothingClaimed(40_000);
    await engine.tasks.resume('shop', taskId);
    await nothingClaimed(20_000);
    expect(await claimOne(engine, 40_000)).toMatchObject({ scheduledTimeMs: dueMs });
  });
});

describe('a recurring task', () => {
  const recurring = () => register({ delayMs: 10_000, repeatIntervalMs: 10_000 });

  /** Due times of the next claims, from the first one's due time. */
  async function nextTimes(first: number, count: number): Promise<string[]> {
    const times = [];
    while (times.length < count) {
      const { occurrence, scheduledTimeMs, dueMs } = await claimOne(engine, 3_600_000);
      expect(dueMs).toBe(scheduledTimeMs);
      times.push(`${occurrence}: ${scheduledTimeMs - first}`);
    }
    return times;
  }

  test.each([
    ['a little later', 13_000, ['1: 3000', '2: 10000', '3: 20000']],
    ['beyond the next ones', 35_000, ['1: 25000', '2: 30000', '3: 40000']],
    ['to the time of another one', 20_000, ['1: 10000', '2: 20000', '3: 30000']],
    ['earlier', 4_000, ['1: -6000', '2: 10000', '3: 20000']],
  ])('keeps its phase when its next occurrence is moved %s', async (_, delayMs, expected) => {
    const { taskId, scheduledTimeMs: first } = await recurring();
    const { occurrence, dueMs } = (await reschedule(taskId, { atMs: first - 10_000 + delayMs })) as never;
    expect([occurrence, dueMs]).toEqual([1, first - 10_000 + delayMs]);
    expect(await details(taskId)).toMatchObject({ occurrence: 1, dueMs });
    expect(await listed(taskId)).toBe(dueMs);
    expect(await nextTimes(first, 3)).toEqual(expected);
  });

  test('gets a new phase when it is told so', async () => {
    const { taskId, scheduledTimeMs: first } = await recurring();
    await reschedule(taskId, { atMs: first + 3_000, newPhase: true });
    expect(await nextTimes(first, 3)).toEqual(['1: 3000', '2: 13000', '3: 23000']);
  });

  test('with another interval goes on from its next occurrence, or from a new time', async () => {
    const { taskId, scheduledTimeMs: first } = await recurring();
    expect(await reschedule(taskId, { repeatIntervalMs: 700 })).toMatchObject({ dueMs: first });
    expect(await nextTimes(first, 3)).toEqual(['1: 0', '2: 700', '3: 1400']);
    expect(await reschedule(taskId, { repeatIntervalMs: 86_400_000 })).toMatchObject({ occurrence: 4 });
    expect(await nextTimes(first, 1)).toEqual(['4: 2100']);
    await reschedule(taskId, { atMs: first + 5_000, repeatIntervalMs: 1_000 });
    expect(await nextTimes(first, 2)).toEqual(['5: 5000', '6: 6000']);
    expect(await details(taskId)).toMatchObject({ repeatIntervalMs: 1_000, occurrence: 7 });
  });

  test('is moved though attempts of earlier occurrences are under way, which go on', async () => {
    const { taskId } = await register({ repeatIntervalMs: 10_000 });
    const first = await claimOne(engine);
    const result = await reschedule(taskId, { delayMs: 60_000, payload: Buffer.from('other') });
    expect(result).toMatchObject({ kind: 'done', occurrence: 2, attemptUnderWay: true });
    await settle(first, 'retry');
    expect(await claimOne(engine)).toMatchObject({ occurrence: 1, attempt: 2 });
    expect(await claimOne(engine, 61_000)).toMatchObject({ occurrence: 2, payload: Buffer.from('other') });
    expect((await details(taskId))?.state).toBe('in_flight');
  });

  test('coalesces what was missed behind a moved occurrence in its phase', async () => {
    const { taskId, scheduledTimeMs: first } = await register({ delayMs: 1_000, repeatIntervalMs: 200 });
    await reschedule(taskId, { atMs: first - 950 });
    await new Promise((resolve) => setTimeout(resolve, 1_300));
    const now = await engine.now();
    const { occurrence, scheduledTimeMs } = await claimOne(engine, 0);
    // Occurrence 2 is the one that keeps its old time.
    expect(scheduledTimeMs).toBe(first + (occurrence - 1) * 200);
    expect(scheduledTimeMs).toBeGreaterThan(now - 200 - 50);
    expect(occurrence).toBeGreaterThan(1);
  });

  test('can not be made to fire once, and one by a calendar has no interval and no other phase', async () => {
    const { taskId } = await recurring();
    expect(await reschedule(taskId, { repeatIntervalMs: 0 })).toEqual({ kind: 'refused', why: 'recurs' });
    const byCalendar = await registerByCalendar(5_000);
    for (const change of [{ repeatIntervalMs: 1_000 }, { delayMs: 1, newPhase: true }])
      expect(await reschedule(byCalendar.taskId, change)).toEqual({ kind: 'refused', why: 'calendar' });
  });
});

async function registerByCalendar(...fromNow: number[]) {
  const now = Math.ceil(await engine.now());
  const timesMs = fromNow.map((ms) => now + ms);
  const calendar = { cron: '*/5 * * * * *', timeZone: 'UTC', timesMs };
  const registered = await engine.tasks.register('shop', aPolicy(), { ...aTask(), calendar });
  return { ...registered, timesMs, now };
}

describe('a task by calendar', () => {
  const calendars = () => createCalendarStore(engine, { sliceMs: 1_000 });
  const claimTimes = async (count: number) => {
    const seen = [];
    while (seen.length < count) seen.push((await claimOne(engine, 60_000)).scheduledTimeMs);
    return seen;
  };

  test('has its next occurrence moved, and goes on by its calendar behind it', async () => {
    const { taskId, timesMs, now } = await registerByCalendar(5_000, 10_000, 15_000);
    const moved = now + 11_000;
    expect(await reschedule(taskId, { atMs: moved })).toMatchObject({ occurrence: 1, dueMs: moved });
    expect(await engine.redis.zrange(engine.keys.calendars, 0, '-1')).toEqual([taskId]);
    expect(await claimTimes(2)).toEqual([moved, timesMs[2]]);
  });

  test('does not come at the old time of an occurrence that was moved to an earlier one', async () => {
    const { taskId, timesMs, now } = await registerByCalendar(5_000);
    await reschedule(taskId, { atMs: now + 1_000 });
    await calendars().addTimes(0, [{ taskId, timesMs: [timesMs[0] as number, now + 10_000] }]);
    expect(await claimTimes(2)).toEqual([now + 1_000, now + 10_000]);
    await calendars().addTimes(0, [{ taskId, timesMs: [timesMs[0] as number, now + 20_000] }]);
    expect(await claimTimes(1)).toEqual([now + 20_000]);
  });
});

test('a payload that does not fit into a datagram of its task is refused, and nothing is changed', async () => {
  const policy = { ...aPolicy(), callback: { protocol: 'UDP', endpoint: '192.0.2.1:9' } as const };
  const { taskId, scheduledTimeMs } = await engine.tasks.register('shop', policy, aTask({ delayMs: 1_000 }));
  const change = { delayMs: 5, payload: Buffer.alloc(MOST_OVER_UDP + 1) };
  expect(await reschedule(taskId, change)).toEqual({ kind: 'refused', why: 'datagram' });
  expect(await details(taskId)).toMatchObject({ dueMs: scheduledTimeMs, payload: Buffer.from('payload') });
  expect(await reschedule(taskId, { payload: Buffer.alloc(MOST_OVER_UDP) })).toMatchObject({ kind: 'done' });
});

test('a task of another client is not found, one that has ended says how', async () => {
  const { taskId } = await register({ delayMs: 1_000 });
  expect(await reschedule(taskId, { delayMs: 1 }, 'bank')).toEqual({ kind: 'not_found' });
  await engine.tasks.cancel('shop', taskId);
  expect(await reschedule(taskId, { delayMs: 1 })).toEqual({ kind: 'ended', state: 'cancelled' });
});
