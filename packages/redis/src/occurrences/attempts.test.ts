import type { ClaimedOccurrence, Settlement } from '@boomerang/domain';
import { describe, expect, test } from 'vitest';
import { aPolicy, aTask, claimOne, DELIVERED, failure } from '../../test-support/test-engine.js';
import { useTestEngine } from '../../test-support/use-test-engine.js';

const engine = useTestEngine();

const register = (repeatIntervalMs = 0, policy = aPolicy()) =>
  engine.tasks.register('shop', policy, aTask({ repeatIntervalMs }));

const settle = (occurrence: ClaimedOccurrence, settlement: Settlement) =>
  engine.occurrences.settle(0, [{ occurrence, settlement }]);

const fail = async (error = 'HTTP status 500') => {
  const occurrence = await claimOne(engine);
  await settle(occurrence, { kind: 'retry', dueMs: 0, failure: failure(occurrence.attempt, error) });
};

const attemptsOf = async (taskId: string) => (await engine.tasks.get('shop', taskId))?.attempts;

async function lose({ member }: ClaimedOccurrence) {
  await engine.redis.zadd(engine.keys.leases, 'XX', 1, member);
  expect(await engine.slices().recoverLost(0, await engine.now())).toBe(1);
}

const { errorClass, ...failed } = failure(1);
const rejected = { occurrence: 1, ...failed, outcome: errorClass };
const delivered = {
  occurrence: 1,
  attempt: 1,
  ...DELIVERED,
  kind: undefined,
  outcome: 'delivered',
  error: '',
};

describe('a task that fires once shows its attempts', () => {
  test('from the first to the last, and still after it has ended', async () => {
    const { taskId } = await register();
    expect(await attemptsOf(taskId)).toEqual([]);
    await fail();
    const occurrence = await claimOne(engine);
    expect(await attemptsOf(taskId)).toEqual([rejected]);
    await settle(occurrence, DELIVERED);
    expect(await attemptsOf(taskId)).toEqual([rejected, { ...delivered, attempt: 2 }]);
  });

  test.each(['dead_letter', 'cancel'])('also when it ended by %s', async (end) => {
    const { taskId } = await register();
    await fail();
    if (end === 'cancel') await engine.tasks.cancel('shop', taskId);
    else await settle(await claimOne(engine), { kind: 'dead_letter', failure: failure(2) });
    const shown = await attemptsOf(taskId);
    expect(shown?.map(({ attempt }) => attempt)).toEqual(end === 'cancel' ? [1] : [1, 2]);
  });

  test('twenty at the most, those that were lost included', async () => {
    const { taskId } = await register(0, aPolicy({ maxAttempts: 100 }));
    for (let i = 0; i < 15; i++) await fail(i % 2 ? 'ü'.repeat(300) : '');
    for (let i = 0; i < 10; i++) await lose(await claimOne(engine));
    const shown = await attemptsOf(taskId);
    expect(shown?.map(({ attempt }) => attempt)).toEqual(Array.from({ length: 20 }, (_, i) => i + 6));
    expect(shown?.at(-1)).toMatchObject({ outcome: 'lost', error: 'lost: lease ended' });
    expect(shown?.[0]?.error).toBe('ü'.repeat(127));
    expect((await claimOne(engine)).history).toHaveLength(20);
  });
});

describe('a recurring task shows its latest attempts', () => {
  test('across its occurrences, also those that went well', async () => {
    const { taskId } = await register(200);
    const [first, second] = [await claimOne(engine, 250), await claimOne(engine, 250)];
    await settle(second, DELIVERED);
    await settle(first, { kind: 'retry', dueMs: 0, failure: failure(1) });
    expect(await attemptsOf(taskId)).toEqual([{ ...delivered, occurrence: 2 }, rejected]);
  });

  test('twenty at the most, and nothing is left of them when it has ended but what its record shows', async () => {
    const { taskId } = await register(100);
    for (let i = 1; i <= 25; i++) {
      const occurrence = await claimOne(engine, 150 * i);
      if (i % 5 === 0) await lose(occurrence);
      else if (i % 3 === 0)
        await settle(occurrence, { kind: 'dead_letter', failure: failure(1, 'x'.repeat(i)) });
      else await settle(occurrence, { ...DELIVERED, kind: 'sent' });
      await engine.redis.zrem(engine.keys.due, occurrence.member);
    }
    const shown = await attemptsOf(taskId);
    expect(shown).toHaveLength(20);
    expect(shown?.map(({ occurrence }) => occurrence)).toEqual(Array.from({ length: 20 }, (_, i) => i + 6));
    await engine.tasks.cancel('shop', taskId);
    expect(await attemptsOf(taskId)).toEqual(shown);
    expect(await engine.redis.exists(engine.keys.latestAttempts)).toBe(0);
  });
});

describe('what was given back shows what it waits for', () => {
  const inMs = async (ms: number) => Math.ceil(await engine.now()) + ms;
  const waitingFor = async (taskId: string) => (await engine.tasks.get('shop', taskId))?.waitingFor;

  test.each([0, 60_000])('until it is claimed again; interval %d', async (interval) => {
    const { taskId } = await register(interval);
    expect(await waitingFor(taskId)).toBeUndefined();
    const untilMs = await inMs(300);
    await settle(await claimOne(engine), { kind: 'give_back', dueMs: untilMs, reason: 'breaker_open' });
    const breaker = {
      reason: 'breaker_open',
      endpoint: expect.stringMatching(/^http:\/\/192\.0\.2\.1\/./),
      untilMs,
    };
    expect(await waitingFor(taskId)).toEqual(breaker);
    const page = await engine.tasks.list(
      'shop',
      { scheduledAfterMs: 0, scheduledBeforeMs: 0, recurring: undefined },
      10,
    );
    expect(page.tasks).toMatchObject([{ taskId, waitingFor: breaker, attempts: [] }]);
    const again = await claimOne(engine, 310);
    expect(again).toMatchObject({ attempt: 1, history: [] });
    expect(await waitingFor(taskId)).toBeUndefined();
    await settle(again, { kind: 'give_back', dueMs: untilMs, reason: 'endpoint_busy' });
    expect(await waitingFor(taskId)).toMatchObject({ reason: 'endpoint_busy' });
    await settle(await claimOne(engine, 310), { kind: 'give_back', dueMs: untilMs, reason: 'not_sent' });
    expect(await waitingFor(taskId)).toBeUndefined();
  });

  test('and keeps the failures that it had met before', async () => {
    const { taskId } = await register();
    await fail();
    const dueMs = await inMs(0);
    await settle(await claimOne(engine), { kind: 'give_back', dueMs, reason: 'breaker_open' });
    expect(await engine.tasks.get('shop', taskId)).toMatchObject({ state: 'retrying', attempts: [rejected] });
    expect(await claimOne(engine)).toMatchObject({ attempt: 2, history: [{ attempt: 1 }] });
  });
});
