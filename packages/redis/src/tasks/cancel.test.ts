import { describe, expect, test } from 'vitest';
import { aPolicy, aTask, claimAll, claimOne, DELIVERED, failure } from '../../test-support/test-engine.js';
import { useTestEngine } from '../../test-support/use-test-engine.js';

const engine = useTestEngine();

const register = (options: Parameters<typeof aTask>[0] = {}) =>
  engine.tasks.register('shop', aPolicy(), aTask(options));
const settle = (
  occurrence: Awaited<ReturnType<typeof claimOne>>,
  kind: 'delivered' | 'retry' | 'dead_letter',
) =>
  engine.occurrences.settle(0, [
    { occurrence, settlement: kind === 'delivered' ? DELIVERED : { kind, dueMs: 0, failure: failure(1) } },
  ]);
const untouched = { kind: 'cancelled', attemptUnderWay: false };
const underWay = { kind: 'cancelled', attemptUnderWay: true };

describe.each([
  { what: 'a one-shot task', repeatIntervalMs: 0 },
  { what: 'a recurring task', repeatIntervalMs: 1_000 },
])('$what', ({ repeatIntervalMs }) => {
  test('cancelled while it waits never comes', async () => {
    const { taskId, scheduledTimeMs } = await register({ delayMs: 50, repeatIntervalMs });
    expect(await engine.tasks.cancel('shop', taskId)).toEqual(untouched);
    expect(await claimAll(engine, 10_000)).toEqual([]);
    expect(await engine.tasks.get('shop', taskId)).toMatchObject({
      state: 'cancelled',
      dueMs: scheduledTimeMs,
    });
    expect(
      await engine.redis.exists(engine.keys.due, engine.keys.policies, `${engine.keys.clientPrefix}shop`),
    ).toBe(0);
  });

  test.each(['delivered', 'retry', 'dead_letter'] as const)(
    'cancelled during an attempt that ends %s stays cancelled',
    async (outcome) => {
      const { taskId } = await register({ repeatIntervalMs });
      const occurrence = await claimOne(engine);
      expect(await engine.tasks.cancel('shop', taskId)).toEqual(underWay);
      await settle(occurrence, outcome);
      expect(await engine.tasks.get('shop', taskId)).toMatchObject({ state: 'cancelled' });
      expect(await claimAll(engine, 10_000)).toEqual([]);
      expect(await engine.redis.exists(engine.keys.dlq, engine.keys.leases, engine.keys.occurrences)).toBe(0);
    },
  );

  test('cancelled between two attempts is retried no more', async () => {
    const { taskId } = await register({ repeatIntervalMs });
    await settle(await claimOne(engine), 'retry');
    expect(await engine.tasks.cancel('shop', taskId)).toEqual(untouched);
    expect(await claimAll(engine, 10_000)).toEqual([]);
    expect(await engine.redis.exists(engine.keys.occurrences, engine.keys.due)).toBe(0);
  });

  test('cancelled twice answers how it ended', async () => {
    const { taskId } = await register({ delayMs: 1_000, repeatIntervalMs });
    await engine.tasks.cancel('shop', taskId);
    expect(await engine.tasks.cancel('shop', taskId)).toEqual({ kind: 'ended', state: 'cancelled' });
  });

  test("can't be cancelled, seen or told from a task that isn't there by another client", async () => {
    const { taskId } = await register({ delayMs: 1_000, repeatIntervalMs });
    expect(await engine.tasks.cancel('rival', taskId)).toEqual({ kind: 'not_found' });
    expect(await engine.tasks.get('rival', taskId)).toBeUndefined();
    expect(await engine.tasks.get('shop', taskId)).toMatchObject({ state: 'scheduled' });
  });
});

test('a task that was delivered can not be cancelled', async () => {
  const { taskId } = await register();
  await settle(await claimOne(engine), 'delivered');
  expect(await engine.tasks.cancel('shop', taskId)).toEqual({ kind: 'ended', state: 'delivered' });
});

test.each(['', 'x', '01a20195-d96f-7fff-b7d2-2e3b4a4e0b72', '01a20195-d96f-7000-b7d2-2e3b4a4e0b72'])(
  'there is no task %j',
  async (taskId) => {
    expect(await engine.tasks.cancel('shop', taskId)).toEqual({ kind: 'not_found' });
    expect(await engine.tasks.get('shop', taskId)).toBeUndefined();
  },
);

test('a cancel while an attempt is claimed is announced, one while nothing is under way is not', async () => {
  const cancelled: string[] = [];
  const end = engine.occurrences.onCancelled((taskId) => cancelled.push(taskId));
  const waiting = await register({ delayMs: 60_000 });
  const claimed = await register();
  await claimOne(engine);
  await engine.tasks.cancel('shop', waiting.taskId);
  await engine.tasks.cancel('shop', claimed.taskId);
  await expect.poll(() => cancelled).toEqual([claimed.taskId]);
  end();
});

test("a recurring task's lease can not be renewed once it is cancelled", async () => {
  const { taskId } = await register({ repeatIntervalMs: 1_000 });
  const occurrence = await claimOne(engine);
  await engine.tasks.cancel('shop', taskId);
  expect(await engine.occurrences.renew(0, [occurrence])).toEqual([false]);
});
