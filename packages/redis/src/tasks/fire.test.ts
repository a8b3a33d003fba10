import { expect, test } from 'vitest';
import { aPolicy, aTask, claimAll, claimOne, DELIVERED, failure } from '../../test-support/test-engine.js';
import { useTestEngine } from '../../test-support/use-test-engine.js';

const engine = useTestEngine();

const register = (options: Parameters<typeof aTask>[0] = {}) =>
  engine.tasks.register('shop', aPolicy(), aTask(options));
const fire = (taskId: string) => engine.tasks.fire('shop', taskId);
const details = (taskId: string) => engine.tasks.get('shop', taskId);

test('a task that fires once and is fired comes now, and then never', async () => {
  const { taskId } = await register({ delayMs: 60_000 });
  const before = await engine.now();
  const fired = (await fire(taskId)) as { dueMs: number };
  expect(fired).toMatchObject({ kind: 'done', occurrence: 1, attemptUnderWay: false });
  expect(fired.dueMs).toBeGreaterThanOrEqual(before);
  expect(await details(taskId)).toMatchObject({ dueMs: fired.dueMs, state: 'scheduled' });
  // Repeated, as after a lost answer, it changes nothing.
  expect(await fire(taskId)).toEqual(fired);
  expect(await claimOne(engine, 5)).toMatchObject({ taskId, attempt: 1, scheduledTimeMs: fired.dueMs });
  expect(await claimAll(engine, 100_000)).toEqual([]);
});

test('a retry that waits is made now; an attempt that is under way is not doubled', async () => {
  const { taskId, scheduledTimeMs } = await register();
  const occurrence = await claimOne(engine);
  expect(await fire(taskId)).toEqual({ kind: 'refused', why: 'begun' });
  const dueMs = Math.ceil(await engine.now()) + 60_000;
  await engine.occurrences.settle(0, [
    { occurrence, settlement: { kind: 'retry', dueMs, failure: failure(1) } },
  ]);
  expect(await fire(taskId)).toMatchObject({ kind: 'done' });
  expect(await claimOne(engine)).toMatchObject({ attempt: 2, scheduledTimeMs });
});

test('a recurring task that is fired comes once more now, and its schedule stays as it was', async () => {
  const { taskId, scheduledTimeMs: first } = await register({ delayMs: 10_000, repeatIntervalMs: 10_000 });
  const { dueMs } = (await fire(taskId)) as { dueMs: number };
  expect(await details(taskId)).toMatchObject({ state: 'scheduled', occurrence: 2, dueMs: first });
  const fired = await claimOne(engine);
  expect(fired).toMatchObject({ taskId, occurrence: 1, attempt: 1, scheduledTimeMs: dueMs });
  await engine.occurrences.settle(0, [{ occurrence: fired, settlement: DELIVERED }]);
  const seen = [];
  for (let i = 0; i < 3; i++) seen.push(await claimOne(engine, 3_600_000));
  expect(seen.map((one) => `${one.occurrence}: ${one.scheduledTimeMs - first}`)).toEqual([
    '2: 0',
    '3: 10000',
    '4: 20000',
  ]);
});

test('each firing of a recurring task is an occurrence, also while others are under way and after a move', async () => {
  const { taskId, scheduledTimeMs: first } = await register({ delayMs: 10_000, repeatIntervalMs: 10_000 });
  await engine.tasks.reschedule('shop', taskId, { atMs: first + 3_000, newPhase: false }, 0);
  for (const occurrence of [1, 2]) expect(await fire(taskId)).toMatchObject({ occurrence });
  const claimed = await claimAll(engine, 5);
  expect(claimed.map(({ occurrence }) => occurrence)).toEqual([1, 2]);
  expect(await fire(taskId)).toMatchObject({ occurrence: 3, attemptUnderWay: true });
  expect(await claimOne(engine)).toMatchObject({ occurrence: 3 });
  const next = [await claimOne(engine, 3_600_000), await claimOne(engine, 3_600_000)];
  expect(next.map((one) => `${one.occurrence}: ${one.scheduledTimeMs - first}`)).toEqual([
    '4: 3000',
    '5: 10000',
  ]);
});

test('a task by calendar that is fired comes once more, and keeps the times of its calendar', async () => {
  const now = Math.ceil(await engine.now());
  const calendar = { cron: '* * * * *', timeZone: 'UTC', timesMs: [now + 60_000, now + 120_000] };
  const { taskId } = await engine.tasks.register('shop', aPolicy(), { ...aTask(), calendar });
  expect(await fire(taskId)).toMatchObject({ kind: 'done', occurrence: 1 });
  expect(await claimOne(engine)).toMatchObject({ occurrence: 1 });
  expect(await claimOne(engine, 90_000)).toMatchObject({ occurrence: 2, scheduledTimeMs: now + 60_000 });
});

test('a firing that was not claimed yet goes with its task', async () => {
  const { taskId } = await register({ delayMs: 10_000, repeatIntervalMs: 10_000 });
  await fire(taskId);
  await engine.tasks.cancel('shop', taskId);
  expect(await claimAll(engine, 100_000)).toEqual([]);
  expect(await engine.redis.exists(engine.keys.due, engine.keys.occurrences)).toBe(0);
});

test('a paused task is not fired, and says so; a firing before is held', async () => {
  const { taskId } = await register({ delayMs: 10_000, repeatIntervalMs: 10_000 });
  await fire(taskId);
  await engine.tasks.pause('shop', taskId);
  expect(await fire(taskId)).toEqual({ kind: 'refused', why: 'paused' });
  expect(await claimAll(engine, 100_000)).toEqual([]);
  await engine.tasks.resume('shop', taskId);
  expect(await claimOne(engine)).toMatchObject({ occurrence: 1, attempt: 1 });
});
