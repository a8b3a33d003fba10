import type { DeadLetter, ReplayRequest } from '@boomerang/domain';
import { describe, expect, test } from 'vitest';
import { aPolicy, aTask, DELIVERED, failAll } from '../../test-support/test-engine.js';
import { idOf, OWN, useTestDeadLetters } from '../../test-support/use-test-dead-letters.js';

const { engine, aLetter, all, only, entriesLeft } = useTestDeadLetters();

describe('a replay', () => {
  test('makes a one-shot task of the letter, which leaves the queue; both tell of each other', async () => {
    const policy = { ...aPolicy(), dlq: { destination: 'lost' } };
    const recurring = { ...aTask({ payload: 'again' }), repeatIntervalMs: 60_000 };
    const { taskId } = await engine.tasks.register('shop', policy, recurring);
    await failAll(engine);
    const letter = await only();
    const [outcome] = await engine.deadLetters.replay('shop', [{ id: idOf(letter), delayMs: 40 }], OWN);
    if (outcome?.kind !== 'replayed') throw new Error(`it is ${outcome?.kind}`);
    expect(outcome.before).toBe(false);
    expect(outcome.taskId).not.toBe(taskId);
    expect(Math.abs(outcome.scheduledTimeMs - (await engine.now()) - 40)).toBeLessThan(30_000);
    const task = await engine.tasks.get('shop', outcome.taskId);
    expect(task).toMatchObject({
      state: 'scheduled',
      repeatIntervalMs: 0,
      occurrence: 1,
      replayOf: letter.id,
    });
    expect(Buffer.from(task?.payload ?? []).toString()).toBe('again');
    expect(
      (await engine.tasks.list('shop', { scheduledAfterMs: 0, scheduledBeforeMs: 0, recurring: false }, 9))
        .tasks,
    ).toEqual([task]);
    expect(await all()).toEqual([]);
    expect(await entriesLeft()).toBe(0);
    expect(await engine.deadLetters.replayedAs('shop', idOf(letter))).toBe(outcome.taskId);
  });

  test('is claimed with payload, policy and client as before, and settles like any task', async () => {
    await aLetter({ payload: 'order 7' });
    const letter = await only();
    await engine.deadLetters.replay('shop', [{ id: idOf(letter), delayMs: 0 }], OWN);
    const { claimed } = await engine.occurrences.claim(idOf(letter).partition, 10, 5);
    const [occurrence] = claimed;
    if (!occurrence) throw new Error('nothing is claimed');
    expect(occurrence).toMatchObject({ clientId: 'shop', attempt: 1, history: [], policy: letter.policy });
    expect(Buffer.from(occurrence.payload).toString()).toBe('order 7');
    await engine.occurrences.settle(idOf(letter).partition, [{ occurrence, settlement: DELIVERED }]);
    const ended = await engine.tasks.get('shop', occurrence.taskId);
    expect(ended).toMatchObject({ state: 'delivered', replayOf: letter.id });
    expect(await engine.redis.keys('*polic*')).toEqual([]);
  });

  test('that fails again is a new letter which names the one before, and so on', async () => {
    await aLetter({ payload: 'stubborn' });
    const chain: DeadLetter[] = [await only()];
    for (let i = 0; i < 3; i++) {
      const last = chain.at(-1) as DeadLetter;
      await engine.deadLetters.replay('shop', [{ id: idOf(last), delayMs: 0 }], OWN);
      await failAll(engine);
      const next = await only();
      expect(next).toMatchObject({ replayOf: last.id, policy: last.policy, payload: last.payload });
      chain.push(next);
    }
    expect(new Set(chain.flatMap(({ id, taskId }) => [id, taskId])).size).toBe(8);
  });

  test('repeated after a lost reply makes no second task, whatever became of the first', async () => {
    await aLetter();
    const requests = [{ id: idOf(await only()), delayMs: 0 }];
    const [first] = await engine.deadLetters.replay('shop', requests, OWN);
    const repeat = async () => (await engine.deadLetters.replay('shop', requests, OWN))[0];
    expect(await repeat()).toEqual({ ...first, before: true });
    await failAll(engine);
    expect(await repeat()).toMatchObject({ kind: 'replayed', before: true });
    const { tasks } = await engine.tasks.list(
      'shop',
      { scheduledAfterMs: 0, scheduledBeforeMs: 0, recurring: undefined },
      9,
    );
    expect(tasks).toEqual([]);
    expect(await all()).toHaveLength(1);
  });

  test('made by two at once happens once', async () => {
    await aLetter();
    const requests = [{ id: idOf(await only()), delayMs: 60_000 }];
    const outcomes = await Promise.all([1, 2, 3].map(() => engine.deadLetters.replay('shop', requests, OWN)));
    expect(
      outcomes
        .flat()
        .map((one) => one.kind === 'replayed' && one.before)
        .sort(),
    ).toEqual([false, true, true]);
    const due = await Promise.all(engine.partitions.map((keys) => engine.redis.zcard(keys.due)));
    expect(due.reduce((a, b) => a + b)).toBe(1);
  });

  test('can call back somewhere else; the rest of the policy stays', async () => {
    await aLetter();
    const letter = await only();
    const callback = { protocol: 'HTTP', endpoint: 'http://192.0.2.9/moved' } as const;
    await engine.deadLetters.replay('shop', [{ id: idOf(letter), delayMs: 0 }], { ...OWN, callback });
    const { claimed } = await engine.occurrences.claim(idOf(letter).partition, 10, 5);
    expect(claimed[0]?.policy).toEqual({ ...letter.policy, callback });
  });

  test('of many large letters is done in several scripts, each with its delay', async () => {
    const large = 'x'.repeat(1_000_000);
    for (let i = 0; i < 8; i++) await aLetter({ payload: large });
    const letters = await all();
    const requests = letters.map((letter, i) => ({ id: idOf(letter), delayMs: 60_000 + i * 1_000 }));
    const before = await engine.now();
    const outcomes = await engine.deadLetters.replay('shop', requests, OWN);
    const after = await engine.now();
    outcomes.forEach((outcome, i) => {
      if (outcome.kind !== 'replayed') throw new Error(outcome.kind);
      expect(outcome.scheduledTimeMs).toBeGreaterThanOrEqual(before + 60_000 + i * 1_000);
      expect(outcome.scheduledTimeMs).toBeLessThanOrEqual(Math.ceil(after) + 60_000 + i * 1_000);
    });
    expect(await entriesLeft()).toBe(0);
  });

  test('counts its delays from a start that is given, and never makes a task due in the past', async () => {
    await aLetter();
    await aLetter();
    const [past, future] = (await all()).map((letter, i) => ({ id: idOf(letter), delayMs: i * 90_000 }));
    const before = Math.floor(await engine.now());
    const options = { ...OWN, startMs: before - 30_000 };
    const outcomes = await engine.deadLetters.replay('shop', [past, future] as ReplayRequest[], options);
    const dues = outcomes.map((outcome) => (outcome.kind === 'replayed' ? outcome.scheduledTimeMs : 0));
    expect(dues[0]).toBeGreaterThanOrEqual(before);
    expect(dues[1]).toBe(before + 60_000);
  });

  test('of what is not there says so', async () => {
    const at = (partition: number) => ({ id: { partition, ms: 1, sequence: 0 }, delayMs: 0 });
    const outcomes = await engine.deadLetters.replay('shop', [at(0), at(2), at(77)], OWN);
    expect(outcomes).toEqual(Array(3).fill({ kind: 'not_found' }));
  });
});
