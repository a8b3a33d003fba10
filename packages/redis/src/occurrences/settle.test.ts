import type { ClaimedOccurrence, DeadLetter, Settlement } from '@boomerang/domain';
import { describe, expect, test } from 'vitest';
import {
  aPolicy,
  aTask,
  claimAll,
  claimOne,
  DELIVERED,
  failure,
  SETTINGS,
} from '../../test-support/test-engine.js';
import { useTestEngine } from '../../test-support/use-test-engine.js';
import { scanDeadLetters } from '../dead-letters/scan-dead-letters.js';

const engine = useTestEngine();

const register = (options: Parameters<typeof aTask>[0] = {}, policy = aPolicy()) =>
  engine.tasks.register('shop', policy, aTask(options));

async function settle(occurrence: ClaimedOccurrence, settlement: Settlement): Promise<boolean> {
  const [current] = await engine.occurrences.settle(0, [{ occurrence, settlement }]);
  return current as boolean;
}

/** Redis's clock in `ms` from now. */
const inMs = async (ms: number) => Math.ceil(await engine.now()) + ms;

async function deadLetters(): Promise<DeadLetter[]> {
  const letters: DeadLetter[] = [];
  for await (const letter of scanDeadLetters(engine.redis, engine.partitions)) letters.push(letter);
  return letters;
}

/** Keys that a partition keeps even when nothing is in it. */
async function keysLeft(): Promise<string[]> {
  const keys = await engine.redis.keys('{*');
  return keys.filter((key) => key !== engine.keys.claims);
}

describe('delivered', () => {
  test('ends a one-shot task: what is left is a short record without payload, for the retention', async () => {
    const { taskId, scheduledTimeMs } = await register({ payload: 'p'.repeat(5_000) });
    expect(await settle(await claimOne(engine), DELIVERED)).toBe(true);

    const task = await engine.tasks.get('shop', taskId);
    expect(task).toMatchObject({ state: 'delivered', dueMs: scheduledTimeMs, occurrence: 1 });
    expect(task?.payload).toHaveLength(0);
    expect(await keysLeft()).toEqual([engine.keys.recordPrefix + taskId]);
    const ttl = await engine.redis.pttl(engine.keys.recordPrefix + taskId);
    expect(ttl).toBeGreaterThan(SETTINGS.retentionMs - 1_000);
    expect(ttl).toBeLessThanOrEqual(SETTINGS.retentionMs);
    expect(await engine.redis.memory('USAGE', engine.keys.recordPrefix + taskId)).toBeLessThan(200);
  });

  test('leaves a recurring task to its next occurrence', async () => {
    const { taskId } = await register({ repeatIntervalMs: 500 });
    await settle(await claimOne(engine), DELIVERED);
    expect(await engine.tasks.get('shop', taskId)).toMatchObject({ state: 'scheduled', occurrence: 2 });
    expect(await engine.redis.hlen(engine.keys.occurrences)).toBe(0);
    expect(await engine.redis.zcard(engine.keys.leases)).toBe(0);
  });

  test('settles a group of many tasks, each by its own token', async () => {
    const policy = aPolicy();
    await Promise.all(Array.from({ length: 100 }, () => register({}, policy)));
    const claimed = await claimAll(engine, 100);
    const requests = claimed.map((occurrence) => ({
      occurrence,
      settlement: DELIVERED,
    }));
    expect(await engine.occurrences.settle(0, requests)).toEqual(Array(100).fill(true));
    expect(await engine.redis.exists(engine.keys.policies, engine.keys.policyRefs, engine.keys.leases)).toBe(
      0,
    );
  });
});

describe('a token that is not the current one', () => {
  const settlements: Settlement[] = [
    DELIVERED,
    { ...DELIVERED, kind: 'sent' },
    { ...DELIVERED, kind: 'stop' },
    { kind: 'retry', dueMs: 0, failure: failure(1) },
    { kind: 'dead_letter', failure: failure(1) },
    { kind: 'give_back', dueMs: 0, reason: 'not_sent' },
  ];

  test.each(settlements)('changes nothing when it settles $kind', async (settlement) => {
    await register({});
    const occurrence = await claimOne(engine);
    const before = await engine.redis.hgetallBuffer(engine.keys.occurrences);
    const forged = { ...occurrence, token: Buffer.alloc(12, 7) };
    expect(await settle(forged, settlement)).toBe(false);
    expect(await engine.redis.hgetallBuffer(engine.keys.occurrences)).toEqual(before);
    expect(await engine.redis.zcard(engine.keys.leases)).toBe(1);
    expect(await engine.redis.zcard(engine.keys.due)).toBe(0);
    expect(await engine.redis.xlen(engine.keys.dlq)).toBe(0);
  });

  test('is what a settled attempt has: settling twice changes nothing the second time', async () => {
    await register({});
    const occurrence = await claimOne(engine);
    expect(await settle(occurrence, { kind: 'dead_letter', failure: failure(1) })).toBe(true);
    expect(await settle(occurrence, { kind: 'dead_letter', failure: failure(1) })).toBe(false);
    expect(await deadLetters()).toHaveLength(1);
  });
});

describe('retry', () => {
  test('puts the occurrence back after the delay, with the attempt and its failure remembered', async () => {
    const { taskId, scheduledTimeMs } = await register({});
    const occurrence = await claimOne(engine);
    const dueMs = await inMs(700);
    await settle(occurrence, { kind: 'retry', dueMs, failure: failure(1, 'ECONNREFUSED') });

    const score = Number(await engine.redis.zscore(engine.keys.due, `${taskId}:1`));
    expect(score).toBe(dueMs);
    expect(await engine.tasks.get('shop', taskId)).toMatchObject({ state: 'retrying', dueMs: score });
    expect(await claimAll(engine, 500)).toEqual([]);
    const again = await claimOne(engine, 700);
    expect(again).toMatchObject({ attempt: 2, occurrence: 1, scheduledTimeMs, dueMs: score });
    expect(again.history).toEqual([failure(1, 'ECONNREFUSED')]);
  });

  test("of a recurring task's occurrence does not hold up the next one", async () => {
    const { taskId, scheduledTimeMs } = await register({ repeatIntervalMs: 300 });
    await settle(await claimOne(engine), { kind: 'retry', dueMs: await inMs(100), failure: failure(1) });
    const both = await claimAll(engine, 300);
    expect(both.map(({ member, attempt }) => [member, attempt])).toEqual([
      [`${taskId}:1`, 2],
      [`${taskId}:2`, 1],
    ]);
    expect(both[0]?.scheduledTimeMs).toBe(scheduledTimeMs);
  });
});

describe('dead_letter', () => {
  test('writes one entry with payload, policy and history, and ends a one-shot task', async () => {
    const policy = aPolicy();
    const payload = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    const { taskId, scheduledTimeMs } = await engine.tasks.register('shop', policy, {
      payload,
      delayMs: 0,
      repeatIntervalMs: 0,
    });
    await settle(await claimOne(engine), { kind: 'retry', dueMs: 0, failure: failure(1, 'timeout') });
    await settle(await claimOne(engine), { kind: 'dead_letter', failure: failure(2, 'HTTP status 503') });

    const [letter, ...others] = await deadLetters();
    expect(others).toEqual([]);
    expect(letter).toMatchObject({
      taskId,
      clientId: 'shop',
      errorClass: 'rejected',
      replayOf: undefined,
      occurrence: 1,
      attempts: 2,
    });
    expect(letter).toMatchObject({
      scheduledTimeMs,
      policy,
      history: [failure(1, 'timeout'), failure(2, 'HTTP status 503')],
    });
    expect(letter && payload.equals(letter.payload)).toBe(true);
    expect(await engine.tasks.get('shop', taskId)).toMatchObject({ state: 'dead_lettered' });
    expect(await engine.redis.exists(engine.keys.policies)).toBe(0);
  });

  test('does not end a recurring task', async () => {
    const { taskId } = await register({ repeatIntervalMs: 200 });
    await settle(await claimOne(engine), { kind: 'dead_letter', failure: failure(1) });
    expect((await deadLetters()).map(({ occurrence }) => occurrence)).toEqual([1]);
    expect(await engine.tasks.get('shop', taskId)).toMatchObject({ state: 'scheduled', occurrence: 2 });
    expect(await claimOne(engine, 200)).toMatchObject({ occurrence: 2, attempt: 1 });
  });
});

test('give_back uncounts the attempt and keeps the time it was due at first', async () => {
  const { taskId, scheduledTimeMs } = await register({});
  await settle(await claimOne(engine), { kind: 'give_back', dueMs: await inMs(80), reason: 'not_sent' });
  expect(await engine.tasks.get('shop', taskId)).toMatchObject({ state: 'scheduled' });
  expect(await claimOne(engine, 90)).toMatchObject({ attempt: 1, scheduledTimeMs, history: [] });
});

test('a history keeps the last twenty failures, whatever text they carry', async () => {
  await register({}, aPolicy({ maxAttempts: 100 }));
  for (let attempt = 1; attempt <= 25; attempt++) {
    const error = attempt % 2 ? 'ü'.repeat(300) : '';
    await settle(await claimOne(engine), { kind: 'retry', dueMs: 0, failure: failure(attempt, error) });
  }
  const { history, attempt } = await claimOne(engine);
  expect(attempt).toBe(26);
  expect(history.map((entry) => entry.attempt)).toEqual(Array.from({ length: 20 }, (_, i) => i + 6));
});

test('sent ends a one-shot task as sent', async () => {
  const { taskId } = await register();
  await settle(await claimOne(engine), { ...DELIVERED, kind: 'sent' });
  expect(await engine.tasks.get('shop', taskId)).toMatchObject({ state: 'sent' });
  expect(await keysLeft()).toEqual([engine.keys.recordPrefix + taskId]);
  await register({ repeatIntervalMs: 500 });
  await settle(await claimOne(engine), { ...DELIVERED, kind: 'sent' });
  expect(await engine.redis.zcard(engine.keys.due)).toBe(1);
});

describe('stop', () => {
  const stop: Settlement = { ...DELIVERED, kind: 'stop' };
  const claimThree = async () =>
    [await claimOne(engine, 450), await claimOne(engine, 450), await claimOne(engine, 450)] as const;

  test('of a one-shot task is its delivery', async () => {
    const { taskId } = await register();
    await settle(await claimOne(engine), stop);
    expect(await engine.tasks.get('shop', taskId)).toMatchObject({ state: 'delivered' });
    expect(await keysLeft()).toEqual([engine.keys.recordPrefix + taskId]);
  });

  test('ends a recurring task, which leaves nothing but its short record', async () => {
    const { taskId } = await register({ repeatIntervalMs: 500 });
    await settle(await claimOne(engine), stop);
    expect(await engine.tasks.get('shop', taskId)).toMatchObject({ state: 'delivered', occurrence: 1 });
    expect(await engine.tasks.cancel('shop', taskId)).toEqual({ kind: 'ended', state: 'delivered' });
    expect(await keysLeft()).toEqual([engine.keys.recordPrefix + taskId]);
  });

  test('takes along what is in flight and what waits for a retry', async () => {
    const cancelled: string[] = [];
    const end = engine.occurrences.onCancelled((id) => cancelled.push(id));
    const { taskId } = await register({ repeatIntervalMs: 200 });
    const [first, second, third] = await claimThree();
    await settle(first, { kind: 'retry', dueMs: await inMs(300), failure: failure(1) });
    await settle(second, stop);
    await expect.poll(() => cancelled).toEqual([taskId]);
    expect(await engine.occurrences.renew(0, [third])).toEqual([false]);
    expect(await settle(third, { kind: 'dead_letter', failure: failure(1) })).toBe(true);
    expect(await claimAll(engine, 5_000)).toEqual([]);
    expect(await deadLetters()).toEqual([]);
    expect(await keysLeft()).toEqual([engine.keys.recordPrefix + taskId]);
    end();
  });

  test('and other outcomes of the same task, settled together, leave nothing either', async () => {
    const { taskId } = await register({ repeatIntervalMs: 200 });
    const claimed = await claimThree();
    const settlements: Settlement[] = [stop, DELIVERED, { kind: 'retry', dueMs: 0, failure: failure(1) }];
    const requests = claimed.map((occurrence, i) => ({
      occurrence,
      settlement: settlements[i] as Settlement,
    }));
    expect(await engine.occurrences.settle(0, requests)).toEqual([true, true, true]);
    expect(await keysLeft()).toEqual([engine.keys.recordPrefix + taskId]);
  });
});
