import { describe, expect, test } from 'vitest';
import {
  aPolicy,
  aTask,
  claimAll,
  claimOne,
  DELIVERED,
  failure,
  queueOverdue,
} from '../../test-support/test-engine.js';
import { useTestEngine } from '../../test-support/use-test-engine.js';
import { readScript } from '../engine/scripts.js';
import { scriptKeys } from '../partitions/keys.js';
import { createCalendarStore } from './calendar-store.js';

const engine = useTestEngine();
type Claimed = Awaited<ReturnType<typeof claimOne>>;

const register = (options: Parameters<typeof aTask>[0] = {}) =>
  engine.tasks.register('shop', aPolicy(), aTask(options));
const retry = (occurrence: Claimed, dueMs = 0) =>
  engine.occurrences.settle(0, [
    { occurrence, settlement: { kind: 'retry', dueMs, failure: failure(occurrence.attempt) } },
  ]);
const deliver = (occurrence: Claimed) =>
  engine.occurrences.settle(0, [{ occurrence, settlement: DELIVERED }]);
const pause = (taskId: string) => engine.tasks.pause('shop', taskId);
const resume = (taskId: string) => engine.tasks.resume('shop', taskId);
const details = (taskId: string) => engine.tasks.get('shop', taskId);
const held = () => engine.redis.zrange(engine.keys.paused, 0, '-1');
const keysLeft = () => {
  const { due, occurrences, leases, paused, clientPrefix } = engine.keys;
  return engine.redis.exists(due, occurrences, leases, paused, `${clientPrefix}shop`);
};

describe.each([
  { what: 'a one-shot task', repeatIntervalMs: 0 },
  { what: 'a recurring task', repeatIntervalMs: 60_000 },
])('$what', ({ repeatIntervalMs }) => {
  test('that is paused never comes, shows so, keeps its time, and comes once it is resumed', async () => {
    const { taskId, scheduledTimeMs } = await register({ delayMs: 5_000, repeatIntervalMs });
    const done = { kind: 'done', occurrence: 1, dueMs: scheduledTimeMs, attemptUnderWay: false };
    expect(await pause(taskId)).toEqual(done);
    expect(await claimAll(engine, 10_000)).toEqual([]);
    expect(await held()).toEqual([`${taskId} ${scheduledTimeMs}`]);
    const sinceMs = expect.any(Number);
    const shown = { state: 'paused', dueMs: scheduledTimeMs, waitingFor: { reason: 'paused', sinceMs } };
    expect(await details(taskId)).toMatchObject(shown);
    const page = await engine.tasks.list('shop', { ...EVERYTHING, recurring: repeatIntervalMs > 0 }, 10);
    expect(page.tasks).toMatchObject([{ taskId, ...shown }]);

    expect(await pause(taskId)).toEqual(done);
    expect(await resume(taskId)).toEqual(done);
    expect(await resume(taskId)).toEqual(done);
    expect(await held()).toEqual([]);
    expect(await details(taskId)).toMatchObject({ state: 'scheduled', waitingFor: undefined });
    expect(await claimOne(engine, 10_000)).toMatchObject({
      taskId,
      occurrence: 1,
      attempt: 1,
      scheduledTimeMs,
    });
  });

  test('that is paused during an attempt lets it end; its retry is held, and goes on as it was', async () => {
    const { taskId } = await register({ repeatIntervalMs });
    const attempt = await claimOne(engine);
    expect(await pause(taskId)).toMatchObject({ kind: 'done', attemptUnderWay: true });
    const reason = { waitingFor: { reason: 'paused' } };
    expect(await details(taskId)).toMatchObject({ state: 'in_flight', ...reason });
    await retry(attempt);
    expect(await details(taskId)).toMatchObject({ state: 'paused', ...reason });
    expect(await claimAll(engine, 100_000)).toEqual([]);
    await resume(taskId);
    expect(await claimOne(engine)).toMatchObject({ taskId, occurrence: 1, attempt: 2 });
  });

  test('whose worker is lost during the pause is held, too', async () => {
    const { taskId } = await register({ repeatIntervalMs });
    await claimOne(engine);
    await pause(taskId);
    await engine.redis.zadd(engine.keys.leases, 1, `${taskId}:1`);
    expect(await engine.slices().recoverLost(0, await engine.now())).toBe(1);
    expect(await claimAll(engine, 100_000)).toEqual([]);
    expect(await held()).toContainEqual(expect.stringContaining(`${taskId}:1 `));
    await resume(taskId);
    expect(await claimOne(engine)).toMatchObject({ attempt: 2 });
  });

  test.each(['before its first attempt', 'between two attempts'])(
    'that is cancelled while it is paused, %s, leaves nothing',
    async (when) => {
      const { taskId } = await register({ repeatIntervalMs });
      if (when !== 'before its first attempt') await retry(await claimOne(engine));
      await pause(taskId);
      await claimAll(engine, 100_000);
      expect(await engine.tasks.cancel('shop', taskId)).toEqual({
        kind: 'cancelled',
        attemptUnderWay: false,
      });
      expect(await keysLeft()).toBe(0);
      expect(await resume(taskId)).toEqual({ kind: 'ended', state: 'cancelled' });
    },
  );

  test('of which more is overdue than is delivered waits in no queue while it is paused', async () => {
    const { taskId } = await register({ repeatIntervalMs });
    await register();
    await queueOverdue(engine, ['shop']);
    expect(await engine.redis.zcard(`${engine.keys.overduePrefix}shop`)).toBe(2);
    await pause(taskId);
    expect(await engine.redis.zcard(`${engine.keys.overduePrefix}shop`)).toBe(1);
    const claimed = await claimAll(engine);
    expect(claimed.map((one) => one.taskId)).not.toContain(taskId);
    await resume(taskId);
    expect(await claimOne(engine)).toMatchObject({ taskId });
  });

  test('of another client, or of none, is not found', async () => {
    const { taskId } = await register({ delayMs: 1_000, repeatIntervalMs });
    for (const change of ['pause', 'resume', 'fire'] as const) {
      expect(await engine.tasks[change]('bank', taskId)).toEqual({ kind: 'not_found' });
      expect(await engine.tasks[change]('shop', 'no id')).toEqual({ kind: 'not_found' });
    }
    expect(await held()).toEqual([]);
  });
});

const EVERYTHING = { scheduledAfterMs: 0, scheduledBeforeMs: 0 };

/** As if so much time had passed since the pause began, and before it. */
async function age(taskId: string, byMs: number): Promise<void> {
  const key = engine.keys.recordPrefix + taskId;
  const record = (await engine.redis.getBuffer(key)) as Buffer;
  record.writeUIntBE(record.readUIntBE(1, 6) - byMs, 1, 6);
  const since = record.indexOf(Buffer.of(132, 0, 6)) + 3;
  record.writeUIntBE(record.readUIntBE(since, 6) - byMs, since, 6);
  await engine.redis.set(key, record);
}

test('a one-shot task that fell due during its pause comes at once, as of its own time', async () => {
  const { taskId, scheduledTimeMs } = await register({ delayMs: 20 });
  await pause(taskId);
  await new Promise((resolve) => setTimeout(resolve, 40));
  await resume(taskId);
  expect(await claimOne(engine, 0)).toMatchObject({ taskId, scheduledTimeMs });
});

test('what a recurring task would have done during its pause is left out, and it goes on in its phase', async () => {
  const { taskId, scheduledTimeMs: first } = await register({ delayMs: 5_000, repeatIntervalMs: 10_000 });
  await pause(taskId);
  await age(taskId, 32_000);
  const dueMs = first - 32_000 + 3 * 10_000;
  expect(await resume(taskId)).toEqual({ kind: 'done', occurrence: 4, dueMs, attemptUnderWay: false });
  expect(await claimOne(engine, 10_000)).toMatchObject({ occurrence: 4, scheduledTimeMs: dueMs });
  expect(await details(taskId)).toMatchObject({ occurrence: 5, dueMs: dueMs + 10_000 });
});

test('an occurrence that was overdue when its task was paused is delivered when it goes on', async () => {
  const { taskId, scheduledTimeMs } = await register({ repeatIntervalMs: 60_000 });
  await new Promise((resolve) => setTimeout(resolve, 5));
  await pause(taskId);
  expect(await resume(taskId)).toMatchObject({ occurrence: 1, dueMs: scheduledTimeMs });
  expect(await claimOne(engine, 0)).toMatchObject({ occurrence: 1, scheduledTimeMs });
});

test('retries of earlier occurrences of a recurring task are held when a claim meets them', async () => {
  const { taskId } = await register({ repeatIntervalMs: 60_000 });
  const dueMs = Math.ceil(await engine.now()) + 30_000;
  await retry(await claimOne(engine), dueMs);
  await pause(taskId);
  expect(await claimAll(engine, 40_000)).toEqual([]);
  expect(await held()).toContain(`${taskId}:1 ${dueMs}`);
  await resume(taskId);
  expect(await claimOne(engine, 40_000)).toMatchObject({ occurrence: 1, attempt: 2, dueMs });
});

test('a task that stops itself while it is paused leaves nothing', async () => {
  const { taskId } = await register({ repeatIntervalMs: 60_000 });
  const occurrence = await claimOne(engine);
  await pause(taskId);
  await engine.occurrences.settle(0, [{ occurrence, settlement: { ...DELIVERED, kind: 'stop' } }]);
  expect(await keysLeft()).toBe(0);
  expect(await details(taskId)).toMatchObject({ state: 'delivered' });
});

test('a task that is delivered while it is paused has ended', async () => {
  const { taskId } = await register();
  const occurrence = await claimOne(engine);
  await pause(taskId);
  await deliver(occurrence);
  expect(await resume(taskId)).toEqual({ kind: 'ended', state: 'delivered' });
  expect(await keysLeft()).toBe(0);
});

/** Ahead of every call that is made before. */
const SOON_MS = 400;

test('a calendar leaves out the times of its pause, and later times wait with it', async () => {
  const now = Math.ceil(await engine.now());
  const timesMs = [now + SOON_MS, now + SOON_MS + 5, now + 60_000];
  const calendar = { cron: '* * * * *', timeZone: 'UTC', timesMs };
  const { taskId } = await engine.tasks.register('shop', aPolicy(), { ...aTask(), calendar });
  await pause(taskId);
  await createCalendarStore(engine, { sliceMs: 1_000 }).addTimes(0, [{ taskId, timesMs: [now + 120_000] }]);
  expect(await claimAll(engine, 300_000)).toEqual([]);
  await new Promise((resolve) => setTimeout(resolve, SOON_MS + 40));
  expect(await resume(taskId)).toMatchObject({ occurrence: 3, dueMs: now + 60_000 });
  expect(await engine.redis.zrange(engine.keys.calendars, 0, '-1')).toEqual([taskId]);
  expect(await claimOne(engine, 100_000)).toMatchObject({ occurrence: 3, scheduledTimeMs: now + 60_000 });
});

test('a calendar whose known times all fell into its pause goes on with those that are added', async () => {
  const now = Math.ceil(await engine.now());
  const calendar = { cron: '* * * * *', timeZone: 'UTC', timesMs: [now + SOON_MS] };
  const { taskId } = await engine.tasks.register('shop', aPolicy(), { ...aTask(), calendar });
  await pause(taskId);
  await new Promise((resolve) => setTimeout(resolve, SOON_MS + 40));
  await resume(taskId);
  expect(await claimAll(engine, 0)).toEqual([]);
  const calendars = createCalendarStore(engine, { sliceMs: 1_000 });
  await calendars.addTimes(0, [{ taskId, timesMs: [now + SOON_MS, now + 60_000] }]);
  expect(await claimOne(engine, 100_000)).toMatchObject({ occurrence: 2, scheduledTimeMs: now + 60_000 });
});

/** Claims as a release does that knows no pauses. */
async function claimByOlderRelease(): Promise<number> {
  const text = readScript('claim').replace('[PAUSED_PART] = true', '[0] = true');
  expect(text).not.toBe(readScript('claim'));
  const keys = scriptKeys(engine.keys);
  const args = [1_000, 500, 60_000, 10, 3_600_000, 10_000, 'twelve bytes', 1_000_000];
  const reply = (await engine.redis.eval(text, keys.length, ...keys, ...args)) as unknown[];
  return reply.slice(8).length;
}

test('a release that does not know pauses attempts nothing of a paused task, and puts off what it meets', async () => {
  const { taskId } = await register({ repeatIntervalMs: 60_000 });
  const dueMs = Math.ceil(await engine.now()) + 30_000;
  await retry(await claimOne(engine), dueMs);
  await pause(taskId);
  const before = await details(taskId);
  expect(await claimByOlderRelease()).toBe(0);
  expect(await details(taskId)).toEqual(before);
  expect(await engine.redis.zcard(engine.keys.leases)).toBe(0);
  expect(await engine.redis.zrange(engine.keys.due, 0, '-1')).toEqual([`${taskId}:1`]);
  await resume(taskId);
  expect(await claimOne(engine, 40_000)).toMatchObject({ occurrence: 1, attempt: 2 });
});

test('what is held is counted as held, and as nothing else', async () => {
  const { taskId } = await register({ delayMs: 1_000 });
  await pause(taskId);
  const nothing = { parked: 0, overdue: 0, dueWithinMinute: 0, inFlight: 0, claimedLastMinute: 0 };
  expect(await engine.slices().workload(0)).toEqual({ ...nothing, held: 1 });
});
