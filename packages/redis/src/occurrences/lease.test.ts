import { describe, expect, test } from 'vitest';
import { aPolicy, aTask, claimAll, claimOne, DELIVERED } from '../../test-support/test-engine.js';
import { useTestEngine } from '../../test-support/use-test-engine.js';

const LEASE_MS = 150;
const leaseOver = () => new Promise((resolve) => setTimeout(resolve, LEASE_MS + 20));

const engine = useTestEngine({ leaseMs: LEASE_MS });

const recoverLost = async () => engine.slices().recoverLost(0, await engine.now());
const register = (options: Parameters<typeof aTask>[0] = {}) =>
  engine.tasks.register('shop', aPolicy({ maxAttempts: 1 }), aTask(options));

test('a lost attempt goes back to the due index, counted and in the history, and its token is worth nothing', async () => {
  const { taskId, scheduledTimeMs } = await register();
  const lost = await claimOne(engine);
  expect(await recoverLost()).toBe(0);
  await leaseOver();
  expect(await recoverLost()).toBe(1);
  expect(await engine.occurrences.settle(0, [{ occurrence: lost, settlement: DELIVERED }])).toEqual([false]);

  const again = await claimOne(engine);
  expect(again).toMatchObject({ taskId, attempt: 2, scheduledTimeMs });
  expect(again.history).toMatchObject([{ attempt: 1, error: 'lost: lease ended' }]);
});

test('nobody else can claim an occurrence while its lease lives, nor after it ended until it is recovered', async () => {
  await register();
  await claimOne(engine);
  expect(await claimAll(engine, 1_000)).toEqual([]);
  await leaseOver();
  expect(await claimAll(engine, 1_000)).toEqual([]);
});

test('a renewed lease lives on', async () => {
  await register();
  const occurrence = await claimOne(engine);
  const before = occurrence.leaseEndsAt;
  const firstEnd = Number(await engine.redis.zscore(engine.keys.leases, occurrence.member));
  await new Promise((resolve) => setTimeout(resolve, LEASE_MS / 2));
  expect(await engine.occurrences.renew(0, [occurrence])).toEqual([true]);
  expect(occurrence.leaseEndsAt).toBeGreaterThan(before);
  await leaseOver();
  expect(await engine.slices().recoverLost(0, firstEnd + 1)).toBe(0);
});

test('what ran out only after the look that asks stays for the next one', async () => {
  await register();
  await claimOne(engine);
  const lookedAt = await engine.now();
  await leaseOver();
  expect(await engine.slices().recoverLost(0, lookedAt)).toBe(0);
  expect(await recoverLost()).toBe(1);
});

test('a lease that is gone can not be renewed', async () => {
  await register();
  const occurrence = await claimOne(engine);
  await leaseOver();
  await recoverLost();
  const before = occurrence.leaseEndsAt;
  expect(await engine.occurrences.renew(0, [occurrence])).toEqual([false]);
  expect(occurrence.leaseEndsAt).toBe(before);
});

describe('a recurring task', () => {
  test('gets its lost occurrence back beside the next one', async () => {
    const { taskId } = await register({ repeatIntervalMs: 60_000 });
    await claimOne(engine);
    await leaseOver();
    await recoverLost();
    expect(await claimOne(engine)).toMatchObject({ member: `${taskId}:1`, attempt: 2 });
    expect(await engine.tasks.get('shop', taskId)).toMatchObject({ state: 'in_flight', occurrence: 2 });
  });

  test('that was cancelled gets its lost occurrence back never', async () => {
    const { taskId } = await register({ repeatIntervalMs: 60_000 });
    await claimOne(engine);
    await engine.tasks.cancel('shop', taskId);
    await leaseOver();
    await recoverLost();
    expect(await claimAll(engine, 1_000)).toEqual([]);
    expect(await engine.redis.exists(engine.keys.occurrences, engine.keys.due, engine.keys.leases)).toBe(0);
  });
});
