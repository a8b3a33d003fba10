import { expect, test } from 'vitest';
import { aPolicy, aTask, claimAll } from '../../test-support/test-engine.js';
import { useTestEngine } from '../../test-support/use-test-engine.js';

const engine = useTestEngine();

const register = async (delayMs: number) =>
  (await engine.tasks.register('shop', aPolicy(), aTask({ delayMs }))).scheduledTimeMs;
const sliceOf = (ms: number) => ms - (ms % 1_000);

test('a look sees the slices within the horizon that have anything due, with their counts', async () => {
  const toNextSlice = Math.ceil(1_000 - ((await engine.now()) % 1_000));
  const a = await register(toNextSlice + 100);
  await register(toNextSlice + 300);
  const b = await register(toNextSlice + 3_500);
  await register(toNextSlice + 6_000);
  const look = await engine.slices().look(0);
  expect(look?.slices).toEqual([
    { startMs: sliceOf(a), count: 2 },
    { startMs: sliceOf(b), count: 1 },
  ]);
  expect(look?.workload.parked).toBe(4);
  expect(Math.abs((look?.nowMs ?? 0) - (await engine.now()))).toBeLessThan(1_000);
});

test('a look sees what is overdue', async () => {
  const due = await register(0);
  const [taskId = ''] = await engine.redis.zrange(engine.keys.due, '0', '0');
  await engine.redis.zincrby(engine.keys.due, -60_000, taskId);
  expect((await engine.slices().look(0))?.slices).toEqual([{ startMs: sliceOf(due - 60_000), count: 1 }]);
});

test('a look sees when the last claim was made', async () => {
  const slices = engine.slices();
  expect((await slices.look(0))?.lastClaimMs).toBe(0);
  await claimAll(engine);
  const look = await slices.look(0);
  expect((look?.nowMs ?? 0) - (look?.lastClaimMs ?? 0)).toBeLessThan(1_000);
});

test('one scheduler looks after a partition until its lease ends; the others still learn the time', async () => {
  const [one, other] = [engine.slices(), engine.slices()];
  expect(await one.look(0)).toBeDefined();
  expect(await other.look(0)).toBeUndefined();
  expect(await one.look(0)).toBeDefined();
  expect(Math.abs(engine.clock.now() - (await engine.now()))).toBeLessThan(50);
  await engine.redis.pexpire(engine.keys.scheduler, 1);
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(await other.look(0)).toBeDefined();
  expect(await one.look(0)).toBeUndefined();
});
