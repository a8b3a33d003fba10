import { describe, expect, test } from 'vitest';
import { aPolicy, aTask, claimAll, claimOne, LEASE_MS } from '../../test-support/test-engine.js';
import { useTestEngine } from '../../test-support/use-test-engine.js';

const engine = useTestEngine();

const register = (options: Parameters<typeof aTask>[0], policy = aPolicy()) =>
  engine.tasks.register('shop', policy, aTask(options));

/** Moves a recurring task's start into the past, as if nobody had claimed anything since. */
async function backdate(taskId: string, ms: number): Promise<void> {
  const key = engine.keys.recordPrefix + taskId;
  const record = (await engine.redis.getBuffer(key)) as Buffer;
  const first = record.readUIntBE(1, 6) - ms;
  record.writeUIntBE(first, 1, 6);
  await engine.redis.set(key, record);
  await engine.redis.zadd(engine.keys.due, first, taskId);
}

describe('a one-shot task', () => {
  test('is handed out whole, once, under a lease', async () => {
    const policy = aPolicy();
    const { taskId, scheduledTimeMs } = await register({}, policy);
    const occurrence = await claimOne(engine);

    expect(occurrence).toMatchObject({
      taskId,
      clientId: 'shop',
      occurrence: 1,
      attempt: 1,
      policy,
      history: [],
    });
    expect(occurrence).toMatchObject({
      scheduledTimeMs,
      dueMs: scheduledTimeMs,
      member: `${taskId}:1`,
      partition: 0,
    });
    expect(occurrence.payload.toString()).toBe('payload');
    expect(occurrence.leaseEndsAt).toBeLessThanOrEqual(performance.now() + LEASE_MS);
    const leaseEnd = Number(await engine.redis.zscore(engine.keys.leases, `${taskId}:1`));
    expect(leaseEnd - (await engine.now())).toBeGreaterThan(LEASE_MS - 1_000);
    expect(await engine.redis.zcard(engine.keys.due)).toBe(0);
    expect(await claimAll(engine, 1_000)).toEqual([]);
  });

  test('is not handed out before it falls due within the time asked for', async () => {
    const { scheduledTimeMs } = await register({ delayMs: 5_000 });
    const { claimed, nextDueMs } = await engine.occurrences.claim(0, 10, 4_000);
    expect(claimed).toEqual([]);
    expect(nextDueMs).toBe(scheduledTimeMs);
    expect(await claimAll(engine, 5_001)).toHaveLength(1);
  });

  test('whose record is gone is dropped', async () => {
    const { taskId } = await register({});
    await engine.redis.del(engine.keys.recordPrefix + taskId);
    expect(await claimAll(engine, 100)).toEqual([]);
    expect(await engine.redis.zcard(engine.keys.due)).toBe(0);
  });
});

test('a claim takes the earliest first and no more than asked for', async () => {
  for (const delayMs of [300, 100, 200]) await register({ delayMs, payload: String(delayMs) });
  const { claimed } = await engine.occurrences.claim(0, 2, 1_000);
  expect(claimed.map(({ payload }) => payload.toString())).toEqual(['100', '200']);
  expect(await claimAll(engine, 1_000)).toHaveLength(1);
});

test('a claim takes no more payload than fits, but always one', async () => {
  const payload = 'x'.repeat(1_048_576);
  for (let i = 0; i < 10; i++) await register({ payload });
  expect(await claimAll(engine, 100)).toHaveLength(7);
  expect(await claimAll(engine, 100)).toHaveLength(3);
});

test('concurrent claims are disjoint and leave nothing out', async () => {
  const policy = aPolicy();
  await Promise.all(Array.from({ length: 500 }, () => register({}, policy)));
  const replies = await Promise.all(Array.from({ length: 10 }, () => engine.occurrences.claim(0, 60, 50)));
  const ids = replies.flatMap(({ claimed }) => claimed.map(({ taskId }) => taskId));
  expect(new Set(ids).size).toBe(500);
  expect(ids).toHaveLength(500);
});

describe('a recurring task', () => {
  test('has its next occurrence armed at first + interval when it is claimed, however late that is', async () => {
    const { taskId, scheduledTimeMs } = await register({ repeatIntervalMs: 400 });
    await new Promise((resolve) => setTimeout(resolve, 60));
    const first = await claimOne(engine);
    expect(first).toMatchObject({ occurrence: 1, scheduledTimeMs, member: `${taskId}:1` });
    expect(await engine.redis.zscore(engine.keys.due, taskId)).toBe(String(scheduledTimeMs + 400));
    expect(await engine.redis.zscore(`${engine.keys.clientPrefix}shop`, taskId)).toBe(
      String(scheduledTimeMs + 400),
    );

    const second = await claimOne(engine, 400);
    expect(second).toMatchObject({ occurrence: 2, scheduledTimeMs: scheduledTimeMs + 400, attempt: 1 });
    expect(second.token.equals(first.token)).toBe(false);
    expect(await engine.tasks.get('shop', taskId)).toMatchObject({ state: 'in_flight', occurrence: 3 });
  });

  test('makes up one by one for occurrences that are little late', async () => {
    const { taskId, scheduledTimeMs } = await register({ repeatIntervalMs: 200 });
    await backdate(taskId, 700);
    const claimed = [];
    for (let i = 0; i < 4; i++) claimed.push(await claimOne(engine, 0));
    expect(claimed.map(({ occurrence }) => occurrence)).toEqual([1, 2, 3, 4]);
    expect(claimed[3]?.scheduledTimeMs).toBe(scheduledTimeMs - 700 + 600);
  });

  test('has occurrences missed for long coalesced into the latest, and goes on in its own phase', async () => {
    const { taskId, scheduledTimeMs } = await register({ repeatIntervalMs: 1_000 });
    await backdate(taskId, 7_500);
    const start = scheduledTimeMs - 7_500;
    const late = await claimOne(engine, 0);
    expect(late).toMatchObject({ occurrence: 8, scheduledTimeMs: start + 7_000, dueMs: start + 7_000 });
    expect(await claimAll(engine, 0)).toEqual([]);
    expect(await engine.redis.zscore(engine.keys.due, taskId)).toBe(String(start + 8_000));
  });

  test('announces its next occurrence when that is first in its slice', async () => {
    const announced: number[] = [];
    const { scheduledTimeMs } = await register({ repeatIntervalMs: 1_000 });
    const end = engine.occurrences.onWake((_partition, dueMs) => announced.push(dueMs));
    await claimOne(engine);
    await expect.poll(() => announced).toContain(scheduledTimeMs + 1_000);
    end();
  });
});

test('a claim shows schedulers that somebody drains', async () => {
  await claimAll(engine);
  expect(Math.abs(((await engine.slices().look(0))?.lastClaimMs ?? 0) - (await engine.now()))).toBeLessThan(
    1_000,
  );
});
