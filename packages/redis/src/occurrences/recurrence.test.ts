import type { ClaimedOccurrence, Recurrence, Settlement } from '@boomerang/domain';
import { describe, expect, test } from 'vitest';
import { aPolicy, aTask, claimAll, claimOne, DELIVERED, failure } from '../../test-support/test-engine.js';
import { useTestEngine } from '../../test-support/use-test-engine.js';
import { createCalendarStore } from '../tasks/calendar-store.js';

const engine = useTestEngine();

const DEFAULTS: Recurrence = {
  missed: 'coalesce',
  overlap: 'allow',
  maxOccurrences: undefined,
  untilMs: undefined,
};

/** Registers a task whose first occurrence was due so long ago. */
async function register(recurrence: Partial<Recurrence>, repeatIntervalMs: number, agoMs = 0) {
  const request = { ...aTask({ repeatIntervalMs }), recurrence: { ...DEFAULTS, ...recurrence } };
  const { taskId, scheduledTimeMs } = await engine.tasks.register('shop', aPolicy(), request);
  const first = scheduledTimeMs - agoMs;
  const bytes = Buffer.alloc(6);
  bytes.writeUIntBE(first, 0, 6);
  await engine.redis.setrange(engine.keys.recordPrefix + taskId, 1, bytes as never);
  await engine.redis.zadd(engine.keys.due, first, taskId);
  return { taskId, first };
}
const details = (taskId: string) => engine.tasks.get('shop', taskId);
const settle = (occurrence: ClaimedOccurrence, settlement: Settlement = DELIVERED) =>
  engine.occurrences.settle(0, [{ occurrence, settlement }]);
const failed = (occurrence: ClaimedOccurrence, kind: 'retry' | 'dead_letter'): Settlement =>
  ({ kind, dueMs: 0, failure: failure(occurrence.attempt) }) as Settlement;
const numbers = (claimed: readonly ClaimedOccurrence[]) => claimed.map(({ occurrence }) => occurrence);
const numberDue = () => engine.redis.zcard(engine.keys.due);

describe('a task that ends', () => {
  test('after so many occurrences comes so often, and ends with the last', async () => {
    const { taskId } = await register({ maxOccurrences: 2 }, 100);
    await settle(await claimOne(engine));
    const last = await claimOne(engine, 200);
    expect(last.occurrence).toBe(2);
    expect(await numberDue()).toBe(0);
    expect(await details(taskId)).toMatchObject({ state: 'in_flight' });
    await settle(last);
    expect(await details(taskId)).toMatchObject({ state: 'delivered', occurrence: 2 });
    expect(await engine.redis.zcard(`${engine.keys.clientPrefix}shop`)).toBe(0);
    expect(await engine.redis.hlen(engine.keys.policyRefs)).toBe(0);
  });

  test('at a time has no occurrence that is due later, but one that is due then', async () => {
    const { first } = await register({}, 1_000);
    await engine.redis.flushall();
    for (const [until, expected] of [
      [first + 2_000, [1, 2, 3]],
      [first + 1_999, [1, 2]],
    ] as const) {
      await engine.reset();
      const { taskId, first: begins } = await register({ untilMs: until + 600 }, 1_000, 0);
      const seen: number[] = [];
      for (let i = 0; i < 4; i++) {
        const claimed = await claimAll(engine, 10_000);
        seen.push(...numbers(claimed));
        for (const occurrence of claimed) await settle(occurrence);
      }
      const most = Math.floor((until + 600 - begins) / 1_000) + 1;
      expect(seen).toEqual(Array.from({ length: most }, (_, i) => i + 1));
      expect(seen.length).toBeGreaterThanOrEqual(expected.length - 1);
      expect(await details(taskId)).toMatchObject({ state: 'delivered', occurrence: most });
    }
  });

  test('waits for the retry of its last occurrence, and ends as that does', async () => {
    const { taskId } = await register({ maxOccurrences: 1 }, 100);
    const occurrence = await claimOne(engine);
    await settle(occurrence, { ...failed(occurrence, 'retry'), dueMs: Date.now() + 500 } as Settlement);
    expect(await details(taskId)).toMatchObject({ state: 'retrying', occurrence: 1 });
    expect((await details(taskId))?.dueMs).toBeGreaterThan(Date.now());
    const again = await claimOne(engine, 1_000);
    await settle(again, failed(again, 'dead_letter'));
    expect(await details(taskId)).toMatchObject({ state: 'dead_lettered', occurrence: 1 });
  });

  test('ends with whichever of its occurrences ends last', async () => {
    const { taskId } = await register({ maxOccurrences: 2 }, 100, 100);
    const [first, second] = [await claimOne(engine), await claimOne(engine)];
    await settle(second);
    expect(await details(taskId)).toMatchObject({ state: 'in_flight' });
    await settle(first, failed(first, 'dead_letter'));
    expect(await details(taskId)).toMatchObject({ state: 'dead_lettered' });
  });

  test('is told so when it is cancelled before, and comes no more', async () => {
    const { taskId } = await register({ maxOccurrences: 5 }, 100);
    await settle(await claimOne(engine));
    expect(await engine.tasks.cancel('shop', taskId)).toMatchObject({ kind: 'cancelled' });
    expect(await claimAll(engine, 60_000)).toEqual([]);
  });

  test('delivers the last of those it missed, if all have passed', async () => {
    const { taskId } = await register({ maxOccurrences: 3 }, 1_000, 60_000);
    const occurrence = await claimOne(engine);
    expect(occurrence.occurrence).toBe(3);
    await settle(occurrence);
    expect(await details(taskId)).toMatchObject({ state: 'delivered', occurrence: 3 });
  });

  test('ends though a worker is lost in its last occurrence', async () => {
    const { taskId } = await register({ maxOccurrences: 1 }, 100);
    await claimOne(engine);
    await engine.redis.zadd(engine.keys.leases, 1, `${taskId}:1`);
    expect(await engine.slices().recoverLost(0, Date.now())).toBe(1);
    const again = await claimOne(engine);
    expect(again.attempt).toBe(2);
    await settle(again);
    expect(await details(taskId)).toMatchObject({ state: 'delivered' });
  });
});

describe('missed occurrences', () => {
  test('come all, one by one and paced, where that was asked for', async () => {
    const { taskId, first } = await register({ missed: 'all', maxOccurrences: 30 }, 100, 2_500);
    const seen: ClaimedOccurrence[] = [];
    const begunAt = performance.now();
    while (seen.length < 20) seen.push(...(await claimAll(engine)));
    expect(performance.now() - begunAt).toBeGreaterThan(18 * 50);
    expect(numbers(seen)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    expect(seen.map(({ scheduledTimeMs }) => scheduledTimeMs)).toEqual(seen.map((_, i) => first + i * 100));
    expect(await details(taskId)).toMatchObject({ occurrence: 21 });
  });

  test('are made up for a thousand at most: the latest', async () => {
    const { first } = await register({ missed: 'all' }, 1_000, 5_000_500);
    const { claimed, passedOver } = await engine.occurrences.claim(0, 10, 5);
    const [{ occurrence, scheduledTimeMs }] = claimed as [ClaimedOccurrence];
    expect(occurrence).toBe(5_001 - 1_000 + 1);
    expect(scheduledTimeMs).toBe(first + (occurrence - 1) * 1_000);
    expect(passedOver.missed).toBe(occurrence - 1);
  });

  test('are skipped, where that was asked for, and the schedule goes on in its phase', async () => {
    const { taskId, first } = await register({ missed: 'skip' }, 10_000, 25_000);
    const { claimed, passedOver } = await engine.occurrences.claim(0, 10, 5);
    expect([claimed, passedOver.missed]).toEqual([[], 3]);
    expect(await details(taskId)).toMatchObject({ state: 'scheduled', occurrence: 4, dueMs: first + 30_000 });
    expect(await engine.redis.zscore(engine.keys.due, taskId)).toBe(String(first + 30_000));
    expect(await claimAll(engine, 6_000)).toMatchObject([{ occurrence: 4, scheduledTimeMs: first + 30_000 }]);
  });

  test('of which one is due now are skipped but for that one', async () => {
    const { first } = await register({ missed: 'skip' }, 10_000, 20_500);
    expect(await claimAll(engine)).toMatchObject([{ occurrence: 3, scheduledTimeMs: first + 20_000 }]);
  });

  test('that are skipped up to the last end the task as its latest attempt ended, or expired', async () => {
    const never = await register({ missed: 'skip', maxOccurrences: 2 }, 1_000, 60_000);
    expect(await claimAll(engine)).toEqual([]);
    expect(await details(never.taskId)).toMatchObject({ state: 'expired' });
    const once = await register({ missed: 'skip', maxOccurrences: 2 }, 400, 0);
    await settle(await claimOne(engine));
    await engine.redis.config('SET', 'maxmemory', '0');
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(await claimAll(engine)).toEqual([]);
    expect(await details(once.taskId)).toMatchObject({ state: 'delivered' });
    expect(await numberDue()).toBe(0);
  });
});

describe('an occurrence that is due before its predecessor has ended', () => {
  test('is skipped, where that was asked for', async () => {
    const { taskId } = await register({ overlap: 'skip' }, 100, 200);
    const first = await claimOne(engine);
    const { claimed, passedOver } = await engine.occurrences.claim(0, 10, 0);
    expect([claimed, passedOver.overlapping]).toEqual([[], 1]);
    await settle(first);
    expect(await claimOne(engine, 200)).toMatchObject({ occurrence: 3 });
    expect(await details(taskId)).toMatchObject({ state: 'in_flight', occurrence: 4 });
  });

  test.each(['delivered', 'dead_letter'] as const)(
    'waits, where that was asked for, until the predecessor is %s; of several the latest',
    async (kind) => {
      const { first } = await register({ overlap: 'after' }, 100, 300);
      const predecessor = await claimOne(engine);
      expect((await engine.occurrences.claim(0, 1, 0)).claimed).toEqual([]);
      expect((await engine.occurrences.claim(0, 1, 0)).claimed).toEqual([]);
      await settle(predecessor, kind === 'delivered' ? DELIVERED : failed(predecessor, kind));
      const [waited] = await claimAll(engine, 5);
      expect(waited).toMatchObject({ attempt: 1, dueMs: expect.any(Number) });
      expect(waited?.occurrence).toBeGreaterThanOrEqual(3);
      expect(waited?.scheduledTimeMs).toBe(first + ((waited?.occurrence ?? 0) - 1) * 100);
    },
  );

  test('waits through retries and the loss of a worker, and is released once', async () => {
    const { taskId } = await register({ overlap: 'after', maxOccurrences: 2 }, 100, 100);
    const predecessor = await claimOne(engine);
    expect(await claimAll(engine)).toEqual([]);
    await settle(predecessor, failed(predecessor, 'retry'));
    const retry = await claimOne(engine);
    expect(retry).toMatchObject({ occurrence: 1, attempt: 2 });
    await engine.redis.zadd(engine.keys.leases, 1, `${taskId}:1`);
    expect(await engine.slices().recoverLost(0, Date.now())).toBe(1);
    expect(await settle(retry)).toEqual([false]);
    const lost = await claimOne(engine);
    await settle(lost);
    expect(await settle(lost)).toEqual([false]);
    const released = await claimOne(engine);
    expect(released).toMatchObject({ occurrence: 2, attempt: 1 });
    await settle(released);
    expect(await details(taskId)).toMatchObject({ state: 'delivered', occurrence: 2 });
  });

  test('comes all the same by default', async () => {
    await register({ maxOccurrences: 9 }, 100, 200);
    expect(numbers([await claimOne(engine), await claimOne(engine)])).toEqual([1, 2]);
  });

  test('that waits is released when its predecessor expires, and may have expired itself', async () => {
    const expiry = { afterMs: 1_000, deadLetters: false };
    const recurrence = { ...DEFAULTS, overlap: 'after', maxOccurrences: 2 } as const;
    const request = { ...aTask({ repeatIntervalMs: 100 }), expiry, recurrence };
    const { taskId } = await engine.tasks.register('shop', aPolicy(), request);
    const predecessor = await claimOne(engine);
    await new Promise((resolve) => setTimeout(resolve, 120));
    expect(await claimAll(engine)).toEqual([]);
    expect(await engine.redis.zcard(engine.keys.due)).toBe(0);
    await settle(predecessor, failed(predecessor, 'retry'));
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    let expired = 0;
    for (let i = 0; i < 3; i++) expired += (await engine.occurrences.claim(0, 10, 0)).passedOver.expired;
    expect(expired).toBe(2);
    expect(await details(taskId)).toMatchObject({ state: 'expired', occurrence: 2 });
    expect(await engine.redis.hlen(engine.keys.occurrences)).toBe(0);
  });
});

describe('by a calendar', () => {
  async function byCalendar(recurrence: Partial<Recurrence>, ...fromNow: number[]) {
    const now = Math.ceil(await engine.now());
    const timesMs = fromNow.map((ms) => now + ms);
    const calendar = { cron: '* * * * * *', timeZone: 'UTC', timesMs };
    const untilMs = recurrence.untilMs === undefined ? undefined : now + recurrence.untilMs;
    const request = { ...aTask(), calendar, recurrence: { ...DEFAULTS, ...recurrence, untilMs } };
    return { ...(await engine.tasks.register('shop', aPolicy(), request)), timesMs, now };
  }
  const calendars = () => createCalendarStore(engine, { sliceMs: 1_000 });

  test('a task ends after its last occurrence', async () => {
    const { taskId } = await byCalendar({ maxOccurrences: 2 }, -10, 100, 200);
    await settle(await claimOne(engine));
    const last = await claimOne(engine, 300);
    await settle(last);
    expect(await details(taskId)).toMatchObject({ state: 'delivered', occurrence: 2 });
    expect(await numberDue()).toBe(0);
  });

  test('a task whose further times are not known yet ends once they are known to be too late', async () => {
    const { taskId, now } = await byCalendar({ untilMs: 500 }, -10);
    await settle(await claimOne(engine));
    expect(await details(taskId)).toMatchObject({ state: 'scheduled' });
    await calendars().addTimes(0, [{ taskId, timesMs: [now + 900] }]);
    expect(await claimAll(engine, 5)).toEqual([]);
    expect(await details(taskId)).toMatchObject({ state: 'delivered' });
  });

  test('missed occurrences are skipped, and the next one that is known comes', async () => {
    const { timesMs } = await byCalendar({ missed: 'skip' }, -9_000, -4_000, 300);
    expect(await claimAll(engine)).toEqual([]);
    expect(await claimOne(engine, 500)).toMatchObject({ occurrence: 3, scheduledTimeMs: timesMs[2] });
  });

  test('if none is known any more the task waits for times', async () => {
    const { taskId, now } = await byCalendar({ missed: 'skip' }, -9_000, -4_000);
    expect(await claimAll(engine)).toEqual([]);
    expect(await numberDue()).toBe(0);
    await calendars().addTimes(0, [{ taskId, timesMs: [now + 200] }]);
    expect(await claimOne(engine, 500)).toMatchObject({ occurrence: 3, scheduledTimeMs: now + 200 });
  });
});
