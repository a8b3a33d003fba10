import type { LackingTimes } from '@boomerang/domain';
import { expect, test } from 'vitest';
import { aPolicy, claimAll, claimOne, DELIVERED } from '../../test-support/test-engine.js';
import { useTestEngine } from '../../test-support/use-test-engine.js';
import { createCalendarStore } from './calendar-store.js';

const engine = useTestEngine();
const CALENDAR = { cron: '*/5 * * * *', timeZone: 'Europe/Berlin' };
const calendars = () => createCalendarStore(engine, { sliceMs: 1_000 });

/** Registers a task that is due at these times, ms from now. */
async function register(...fromNow: number[]) {
  const now = Math.ceil(await engine.now());
  const timesMs = fromNow.map((ms) => now + ms);
  const request = { payload: Buffer.from('by the calendar'), delayMs: 0, repeatIntervalMs: 0 };
  const calendar = { ...CALENDAR, timesMs };
  const registered = await engine.tasks.register('shop', aPolicy(), { ...request, calendar });
  return { ...registered, timesMs };
}

const dueIn = (taskId: string) => engine.redis.zscore(engine.keys.due, taskId).then(Number);
const lacking = () => engine.redis.zrange(engine.keys.calendars, 0, '-1');
const details = (taskId: string) => engine.tasks.get('shop', taskId);

test('is due at its first time, and shows by what it recurs', async () => {
  const { taskId, scheduledTimeMs, timesMs } = await register(5_000, 6_000, 7_000);
  expect(scheduledTimeMs).toBe(timesMs[0]);
  expect(await details(taskId)).toMatchObject({
    state: 'scheduled',
    dueMs: timesMs[0],
    occurrence: 1,
    repeatIntervalMs: 0,
    calendar: CALENDAR,
    payload: Buffer.from('by the calendar'),
  });
  expect(await lacking()).toEqual([]);
});

test('a first time that has passed since it was asked for is told as it is, and due at once', async () => {
  const { scheduledTimeMs, timesMs } = await register(-5, 6_000, 7_000);
  expect(scheduledTimeMs).toBe(timesMs[0]);
  expect(await claimOne(engine, 0)).toMatchObject({ occurrence: 1, scheduledTimeMs: timesMs[0] });
});

test('a claim arms the next time that is known, and asks for a further one', async () => {
  const { taskId, timesMs } = await register(0, 6_000, 7_000);
  const claimed = await claimOne(engine);
  expect(claimed).toMatchObject({ occurrence: 1, scheduledTimeMs: timesMs[0], calendar: CALENDAR });
  expect(claimed.payload).toEqual(Buffer.from('by the calendar'));
  expect(await dueIn(taskId)).toBe(timesMs[1]);
  expect(await lacking()).toEqual([taskId]);
  expect(await details(taskId)).toMatchObject({ state: 'in_flight', dueMs: timesMs[1], occurrence: 2 });
});

test('later times are added once, behind those that are known', async () => {
  const { taskId, timesMs } = await register(0, 6_000, 7_000);
  const [first, second, third] = timesMs as [number, number, number];
  await claimOne(engine);
  const addition = { taskId, timesMs: [first, second, third, third + 500, third + 900] };
  await calendars().addTimes(0, [addition]);
  await calendars().addTimes(0, [addition]);
  expect(await lacking()).toEqual([]);
  const seen = [];
  for (let i = 0; i < 3; i++) seen.push((await claimOne(engine, 10_000)).scheduledTimeMs);
  expect(seen).toEqual([second, third, third + 500]);
});

test('a task whose times are used up waits, keeps its place in lists, and goes on once there are more', async () => {
  const { taskId, timesMs } = await register(0);
  const [only] = timesMs as [number];
  await engine.occurrences.settle(0, [{ occurrence: await claimOne(engine), settlement: DELIVERED }]);
  expect(await claimAll(engine, 60_000)).toEqual([]);
  expect(await details(taskId)).toMatchObject({ state: 'scheduled', occurrence: 2 });
  const { tasks } = await engine.tasks.list(
    'shop',
    { scheduledAfterMs: 0, scheduledBeforeMs: 0, recurring: true },
    10,
  );
  expect(tasks.map((task) => task.taskId)).toEqual([taskId]);

  await calendars().addTimes(0, [{ taskId, timesMs: [only, only + 400] }]);
  expect(await dueIn(taskId)).toBe(only + 400);
  expect(await claimOne(engine, 1_000)).toMatchObject({ occurrence: 2, scheduledTimeMs: only + 400 });
});

test('of those missed for long only the latest comes, and each counts as an occurrence', async () => {
  const { taskId } = await register(0, 100, 60_000);
  const now = Math.floor(await engine.now());
  await calendars().addTimes(0, []);
  const times = [now - 9_000, now - 5_000, now + 3_000];
  await replaceTimes(taskId, times);
  expect(await claimOne(engine)).toMatchObject({ occurrence: 2, scheduledTimeMs: times[1] });
  expect(await dueIn(taskId)).toBe(times[2]);
});

test('what is little late is made up for, one by one', async () => {
  const { taskId } = await register(0, 100, 60_000);
  const now = Math.floor(await engine.now());
  await replaceTimes(taskId, [now - 700, now - 400, now + 3_000]);
  const seen = [await claimOne(engine), await claimOne(engine)];
  expect(seen.map(({ occurrence }) => occurrence)).toEqual([1, 2]);
});

test('who looks for tasks that lack times finds them after a second, and those that ended to forget them', async () => {
  const waiting = await register(0, 60_000);
  const cancelled = await register(0, 60_000);
  await claimAll(engine, 5);
  await engine.tasks.cancel('shop', cancelled.taskId);
  expect((await calendars().lackingTimes(0, 0)).tasks).toEqual([]);
  for (const id of await lacking()) await engine.redis.zincrby(engine.keys.calendars, -1_001, id);

  const { tasks: found } = await calendars().lackingTimes(0, 0);
  expect(found).toHaveLength(2);
  expect(found).toContainEqual({ taskId: waiting.taskId, calendar: CALENDAR, afterMs: waiting.timesMs[1] });
  expect(found).toContainEqual(expect.objectContaining({ taskId: cancelled.taskId, calendar: undefined }));
  const [, second] = waiting.timesMs as [number, number];
  await calendars().addTimes(0, [
    { taskId: waiting.taskId, timesMs: [second + 1] },
    { taskId: cancelled.taskId, timesMs: [] },
  ]);
  expect(await lacking()).toEqual([]);
});

test('tasks that get no times stay, and can be skipped to find those behind them', async () => {
  for (let i = 0; i < 251; i++) await register(0);
  await claimAll(engine, 5);
  for (const [i, id] of (await lacking()).entries())
    await engine.redis.zadd(engine.keys.calendars, i + 1, id);
  const first = await calendars().lackingTimes(0, 0);
  expect({ found: first.tasks.length, more: first.more }).toEqual({ found: 250, more: true });
  const without = first.tasks.map(({ taskId }) => ({ taskId, timesMs: [] }));
  expect(await calendars().addTimes(0, without)).toBe(250);
  const behind = await calendars().lackingTimes(0, 250);
  expect({ found: behind.tasks.length, more: behind.more }).toEqual({ found: 1, more: false });
  const { taskId, afterMs } = behind.tasks[0] as LackingTimes;
  expect(await calendars().addTimes(0, [{ taskId, timesMs: [afterMs + 1] }])).toBe(0);
  expect(await lacking()).not.toContain(taskId);
});

test('a task that is cancelled comes no more, and times come too late for it', async () => {
  const { taskId, timesMs } = await register(0, 300);
  const claimed = await claimOne(engine);
  expect(await engine.tasks.cancel('shop', taskId)).toEqual({ kind: 'cancelled', attemptUnderWay: true });
  await calendars().addTimes(0, [{ taskId, timesMs: [(timesMs[1] as number) + 5] }]);
  expect(await engine.occurrences.settle(0, [{ occurrence: claimed, settlement: DELIVERED }])).toEqual([
    true,
  ]);
  expect(await claimAll(engine, 60_000)).toEqual([]);
  expect(await details(taskId)).toMatchObject({ state: 'cancelled', calendar: CALENDAR });
});

test('a repeated registration under an idempotency key is answered with the task; another calendar is refused', async () => {
  const now = Math.ceil(await engine.now());
  const request = {
    payload: Buffer.from('named'),
    delayMs: 0,
    repeatIntervalMs: 0,
    idempotencyKey: 'nightly',
    calendar: { ...CALENDAR, timesMs: [now + 5_000] },
  };
  const task = await engine.tasks.register('shop', aPolicy(), request);
  const later = { ...request, calendar: { ...CALENDAR, timesMs: [now + 305_000] } };
  expect(await engine.tasks.register('shop', aPolicy(), later)).toEqual(task);
  const other = { ...request, calendar: { ...request.calendar, cron: '*/6 * * * *' } };
  await expect(engine.tasks.register('shop', aPolicy(), other)).rejects.toMatchObject({ code: 'key_reused' });
});

/** As if it had been registered long ago. */
async function replaceTimes(taskId: string, timesMs: readonly number[]): Promise<void> {
  const key = `${engine.keys.recordPrefix}${taskId}`;
  const record = (await engine.redis.getBuffer(key)) as Buffer;
  const at = record.indexOf(Buffer.from([200]), 38 + 'shop'.length);
  timesMs.forEach((ms, i) => {
    record.writeUIntBE(ms, at + 4 + i * 6, 6);
  });
  await engine.redis.set(key, record);
  await engine.redis.zadd(engine.keys.due, String(timesMs[0]), taskId);
}
