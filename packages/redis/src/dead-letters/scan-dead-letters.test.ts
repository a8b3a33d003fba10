import {
  type DeadLetter,
  type DeadLetterCursor,
  type DeadLetterFilter,
  type DeadLetterPosition,
  formatDeadLetterId,
} from '@boomerang/domain';
import { describe, expect, test } from 'vitest';
import { failAll } from '../../test-support/test-engine.js';
import { ANY, idOf, OWN, payloads, useTestDeadLetters } from '../../test-support/use-test-dead-letters.js';
import { createDeadLetterStore } from './dead-letter-store.js';

const { engine, aLetter, all, only, dlqKeys, entriesLeft } = useTestDeadLetters();

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
