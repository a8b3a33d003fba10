import {
  type DeadLetter,
  type DeadLetterCursor,
  type DeadLetterFilter,
  type DeadLetterPosition,
  type ErrorClass,
  formatDeadLetterId,
  parseDeadLetterId,
  type ReplayRequest,
} from '@boomerang/domain';
import { describe, expect, test } from 'vitest';
import { aPolicy, aTask, DELIVERED, failAll } from '../../test-support/test-engine.js';
import { useTestEngine } from '../../test-support/use-test-engine.js';
import { createDeadLetterStore } from './dead-letter-store.js';

const engine = useTestEngine({ partitions: 3 });

const ANY: DeadLetterFilter = { bucket: '', afterMs: 0, beforeMs: 0, errorClass: undefined };
const OWN = { callback: undefined, evenNotForwarded: false, startMs: 0 };

interface LetterOptions {
  readonly payload?: string;
  readonly destination?: string;
  readonly errorClass?: ErrorClass;
  readonly clientId?: string;
}

/** Makes one dead letter; its task's id. */
async function aLetter({
  payload = 'x',
  destination = 'lost',
  errorClass,
  clientId = 'shop',
}: LetterOptions = {}) {
  const policy = { ...aPolicy(), dlq: { destination } };
  const { taskId } = await engine.tasks.register(clientId, policy, aTask({ payload }));
  await failAll(engine, errorClass);
  return taskId;
}

async function all(filter = ANY, clientId = 'shop', limit = 1_000): Promise<DeadLetter[]> {
  const letters: DeadLetter[] = [];
  for (let after: DeadLetterCursor | undefined; ; ) {
    const page = await engine.deadLetters.list(clientId, filter, limit, true, after);
    expect(page.letters.length).toBeLessThanOrEqual(limit);
    letters.push(...page.letters);
    if (!page.next) return letters;
    after = page.next;
  }
}

const idOf = ({ id }: DeadLetter) => parseDeadLetterId(id) as DeadLetterPosition;
const only = async () => {
  const [letter, ...others] = await all();
  expect(others).toEqual([]);
  return letter as DeadLetter;
};
const payloads = (letters: readonly DeadLetter[]) =>
  letters.map(({ payload }) => Buffer.from(payload).toString());
const dlqKeys = async () => (await engine.redis.keys('*d:*')).concat(await engine.redis.keys('*dlq'));
const entriesLeft = async () =>
  (await Promise.all((await dlqKeys()).map((key) => engine.redis.xlen(key)))).reduce((a, b) => a + b, 0);

describe('a list', () => {
  test('tells all that is known, the payload only when it is asked for', async () => {
    const taskId = await aLetter({ payload: 'order 7', errorClass: 'timeout' });
    const [{ letters }, letter] = [await engine.deadLetters.list('shop', ANY, 10, false), await only()];
    expect(letters).toEqual([{ ...letter, payload: Buffer.alloc(0) }]);
    expect(letter).toMatchObject({
      taskId,
      clientId: 'shop',
      occurrence: 1,
      attempts: 1,
      errorClass: 'timeout',
    });
    expect(letter).toMatchObject({
      payloadBytes: 7,
      replayOf: undefined,
      policy: { dlq: { destination: 'lost' } },
    });
    expect(payloads([letter])).toEqual(['order 7']);
    expect(Math.abs(letter.deadLetteredAtMs - (await engine.now()))).toBeLessThan(60_000);
  });

  test('holds the letters of all partitions, the oldest first, however small its pages are', async () => {
    const taskIds: string[] = [];
    for (let i = 0; i < 12; i++) taskIds.push(await aLetter());
    expect((await all()).map(({ taskId }) => taskId)).toEqual(taskIds);
    for (const limit of [1, 5, 12]) expect(await all(ANY, 'shop', limit)).toEqual(await all());
  });

  test('neither repeats nor leaves out what came in the same millisecond of several partitions', async () => {
    const at = Math.floor(await engine.now());
    const fields = ['bucket', 'b', 'class', '1'];
    for (const { deadLetterPrefix } of engine.partitions) {
      for (const sequence of [2, 10, 9_999]) {
        await engine.redis.xadd(`${deadLetterPrefix}shop`, `${at}-${sequence}`, ...fields);
      }
    }
    const seen: string[] = [];
    for (let after: DeadLetterCursor | undefined; ; ) {
      const page = await engine.deadLetters.find('shop', ANY, 2, after);
      seen.push(...page.letters.map(formatDeadLetterId));
      if (!page.next) break;
      after = page.next;
    }
    expect(seen).toEqual(
      [2, 10, 9_999].flatMap((sequence) => [0, 1, 2].map((p) => `${p}-${at}-${sequence}`)),
    );
  });

  test.each<[string, Partial<DeadLetterFilter>, string[]]>([
    ['a bucket', { bucket: 'orders' }, ['a', 'c']],
    ['an error class', { errorClass: 'timeout' }, ['b', 'c']],
    ['both', { bucket: 'orders', errorClass: 'timeout' }, ['c']],
    ['a bucket that is not there', { bucket: 'nothing' }, []],
  ])('is narrowed by %s', async (_what, filter, expected) => {
    await aLetter({ payload: 'a', destination: 'orders' });
    await aLetter({ payload: 'b', errorClass: 'timeout' });
    await aLetter({ payload: 'c', destination: 'orders', errorClass: 'timeout' });
    expect(payloads(await all({ ...ANY, ...filter }))).toEqual(expected);
  });

  test('is narrowed by time: from the first on, before the second', async () => {
    for (const payload of ['a', 'b', 'c']) {
      await aLetter({ payload });
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
    const [, b, c] = (await all()) as [DeadLetter, DeadLetter, DeadLetter];
    expect(payloads(await all({ ...ANY, afterMs: b.deadLetteredAtMs }))).toEqual(['b', 'c']);
    expect(payloads(await all({ ...ANY, beforeMs: c.deadLetteredAtMs }))).toEqual(['a', 'b']);
    expect(
      payloads(await all({ ...ANY, afterMs: b.deadLetteredAtMs, beforeMs: c.deadLetteredAtMs })),
    ).toEqual(['b']);
  });

  test('ends, although dead letters keep coming while it is paged', async () => {
    for (let i = 0; i < 3; i++) await aLetter({ payload: String(i) });
    const first = await engine.deadLetters.list('shop', ANY, 2, true);
    await new Promise((resolve) => setTimeout(resolve, 3));
    await aLetter({ payload: 'too late' });
    const second = await engine.deadLetters.list('shop', ANY, 1_000, true, first.next);
    expect(payloads([...first.letters, ...second.letters])).toEqual(['0', '1', '2']);
    expect(second.next).toBeUndefined();
  });

  test('of large payloads has pages that fit an answer', async () => {
    const large = 'x'.repeat(400_000);
    for (let i = 0; i < 5; i++) await aLetter({ payload: large });
    const page = await engine.deadLetters.list('shop', ANY, 1_000, true);
    expect(page.letters).toHaveLength(2);
    expect(await all()).toHaveLength(5);
    expect((await engine.deadLetters.list('shop', ANY, 1_000, false)).letters).toHaveLength(5);
  });

  test('looks at an index of the client alone, and at few of its entries in one page', async () => {
    const key = `${engine.partitions[0]?.deadLetterPrefix}shop`;
    const pipeline = engine.redis.pipeline();
    for (let i = 1; i <= 4_500; i++) pipeline.xadd(key, `${i}-0`, 'bucket', 'b', 'class', '1');
    for (let i = 1; i <= 4_500; i++) pipeline.xadd(`${key}per`, `${i}-0`, 'bucket', 'rare', 'class', '1');
    await pipeline.exec();
    const filter = { ...ANY, bucket: 'rare' };
    let pages = 0;
    for (let after: DeadLetterCursor | undefined; ; pages++) {
      const page = await engine.deadLetters.find('shop', filter, 10, after);
      expect(page.letters).toEqual([]);
      if (!page.next) break;
      after = page.next;
    }
    expect(pages).toBe(2);
  });
});

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

describe('a purge', () => {
  test('removes what it names and nothing else, index included', async () => {
    for (const payload of ['a', 'b', 'c']) await aLetter({ payload });
    const [a, b, c] = (await all()).map(idOf) as [DeadLetterPosition, DeadLetterPosition, DeadLetterPosition];
    const unknown = { partition: 77, ms: 1, sequence: 0 };
    expect(await engine.deadLetters.purge('shop', [a, c, unknown, a], false)).toEqual([
      'purged',
      'purged',
      'not_found',
      'not_found',
    ]);
    expect(payloads(await all())).toEqual(['b']);
    expect(await engine.deadLetters.purge('shop', [a, b], false)).toEqual(['not_found', 'purged']);
    expect(await entriesLeft()).toBe(0);
    expect((await dlqKeys()).filter((key) => key.includes('d:'))).toEqual([]);
  });
});

describe('what waits to be forwarded to a destination outside', () => {
  const outside = 'https://example.com/dead-letters';

  async function bothWays(evenNotForwarded: boolean) {
    const id = idOf(await only());
    const [purge] = evenNotForwarded ? [] : await engine.deadLetters.purge('shop', [id], evenNotForwarded);
    const [replay] = await engine.deadLetters.replay('shop', [{ id, delayMs: 0 }], {
      ...OWN,
      evenNotForwarded,
    });
    return [purge, replay?.kind];
  }
  const dlqOf = async () => engine.partitions[idOf(await only()).partition]?.dlq ?? '';

  test('is neither purged nor replayed: no forwarder was there yet', async () => {
    await aLetter({ destination: outside });
    expect(await bothWays(false)).toEqual(['not_forwarded', 'not_forwarded']);
    expect(await all()).toHaveLength(1);
  });

  test('nor when the forwarders have not met it, or are at it', async () => {
    await aLetter({ destination: outside });
    const dlq = await dlqOf();
    await engine.redis.xgroup('CREATE', dlq, 'forwarders', '0');
    await engine.redis.xgroup('CREATE', dlq, 'others', '$');
    expect(await bothWays(false)).toEqual(['not_forwarded', 'not_forwarded']);
    await engine.redis.xreadgroup('GROUP', 'forwarders', 'one', 'COUNT', 1, 'STREAMS', dlq, '>');
    expect(await bothWays(false)).toEqual(['not_forwarded', 'not_forwarded']);
  });

  test('can be purged once it is acknowledged', async () => {
    await aLetter({ destination: outside });
    const [dlq, letter] = [await dlqOf(), await only()];
    await engine.redis.xgroup('CREATE', dlq, 'forwarders', '0');
    await engine.redis.xreadgroup('GROUP', 'forwarders', 'one', 'COUNT', 1, 'STREAMS', dlq, '>');
    await engine.redis.xack(dlq, 'forwarders', letter.id.slice(letter.id.indexOf('-') + 1));
    expect(await engine.deadLetters.purge('shop', [idOf(letter)], false)).toEqual(['purged']);
  });

  test('goes all the same when that is asked for', async () => {
    await aLetter({ destination: outside });
    expect(await bothWays(true)).toEqual([undefined, 'replayed']);
    await failAll(engine);
    expect(await engine.deadLetters.purge('shop', [idOf(await only())], true)).toEqual(['purged']);
  });
});

test("a client meets nothing of another's, before a replay and after", async () => {
  await aLetter();
  const letter = await only();
  const id = idOf(letter);
  const asRival = async () => [
    await all(ANY, 'rival'),
    await engine.deadLetters.get('rival', id, true),
    await engine.deadLetters.replayedAs('rival', id),
    await engine.deadLetters.replay('rival', [{ id, delayMs: 0 }], OWN),
    await engine.deadLetters.purge('rival', [id], true),
  ];
  const nothing = [[], undefined, undefined, [{ kind: 'not_found' }], ['not_found']];
  expect(await asRival()).toEqual(nothing);
  expect(await only()).toEqual(letter);
  await engine.deadLetters.replay('shop', [{ id, delayMs: 60_000 }], OWN);
  expect(await asRival()).toEqual(nothing);
});

test('the count tells how many there are and how old the oldest is', async () => {
  const count = async () => {
    const counts = await Promise.all(engine.partitions.map((_, i) => engine.slices().countDeadLetters(i)));
    const oldest = Math.max(...counts.map(({ oldestAgeMs }) => oldestAgeMs));
    return { count: counts.reduce((sum, one) => sum + one.count, 0), oldest };
  };
  expect(await count()).toEqual({ count: 0, oldest: 0 });
  await aLetter();
  const since = (await only()).deadLetteredAtMs;
  await aLetter({ clientId: 'rival' });
  const counted = await count();
  expect(counted.count).toBe(2);
  expect(counted.oldest).toBeGreaterThanOrEqual(0);
  expect(counted.oldest).toBeLessThanOrEqual((await engine.now()) - since + 1);
});

test('a Redis that is full is told as exhausted', async () => {
  const run = () =>
    Promise.reject(Object.assign(new Error('OOM command not allowed'), { name: 'ReplyError' }));
  const store = createDeadLetterStore(run, engine.map, { sliceMs: 1_000 });
  await expect(store.find('shop', ANY, 1)).rejects.toMatchObject({ code: 'exhausted' });
});
