import { type Connection, openSession, pages, type Session, type SessionOptions } from '@boomerang/client';
import { MAX_DELAY_MS } from '@boomerang/domain';
import { boomerang } from '@boomerang/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { connectTo, startTestGateway, type TestGateway } from '../test-support/test-gateway.js';

const { Status } = boomerang;
const callback = { protocol: 'HTTP', endpoint: 'http://192.0.2.1/cb' } as const;

let gateway: TestGateway;
let connection: Connection;
let shop: Session;
beforeAll(async () => {
  gateway = await startTestGateway();
  connection = await connectTo(await gateway.open());
});
afterAll(() => gateway.stop());
beforeEach(async () => {
  const keys = await gateway.redis.keys('{*');
  if (keys.length > 0) await gateway.redis.del(...keys);
  shop = await open({ dlq: { destination: 'orders' } });
});

const open = (options: Partial<SessionOptions> = {}) =>
  openSession(connection, { token: gateway.tokens.shop, callback, ...options });

async function fail(count: number, session: Session = shop): Promise<string[]> {
  const taskIds: string[] = [];
  for (let i = 0; i < count; i++) {
    taskIds.push((await session.setTimeout(`order ${i}`, 0)).taskId);
    await gateway.failAll();
  }
  return taskIds;
}

const idsLeft = async () =>
  (await shop.deadLetters.list({ limit: 1_000 })).deadLetters.map(({ deadLetterId }) => deadLetterId);

test('a list tells all but the payload, and one alone is shown with it', async () => {
  const retry = { maxAttempts: 4, strategy: 'EXPONENTIAL', intervalMs: 20, maxIntervalMs: 300 } as const;
  const [taskId] = await fail(1, await open({ dlq: { destination: 'orders' }, retry }));
  const [listed, ...others] = (await shop.deadLetters.list()).deadLetters;
  expect(others).toEqual([]);
  expect(listed).toMatchObject({
    taskId,
    clientId: 'shop',
    bucket: 'orders',
    occurrence: 1,
    attempts: 1,
    errorClass: 'rejected',
    callback,
    retry,
    replayOf: undefined,
    payloadBytes: 7,
  });
  expect(listed?.history).toEqual([
    {
      occurrence: 1,
      attempt: 1,
      atMs: expect.any(Number),
      durationMs: 7,
      outcome: 'rejected',
      error: 'it failed',
    },
  ]);
  expect(listed?.payload).toHaveLength(0);
  const shown = await shop.deadLetters.get(listed?.deadLetterId ?? '');
  expect(shown).toEqual({ ...listed, payload: shown.payload });
  expect(Buffer.from(shown.payload).toString()).toBe('order 0');
  const withPayload = await shop.deadLetters.list({ withPayload: true });
  expect(withPayload.deadLetters[0]?.payload).toEqual(shown.payload);
});

test('a list is filtered and paged', async () => {
  await fail(5);
  await (await open()).setTimeout('elsewhere', 0);
  await gateway.failAll('timeout');
  const count = async (filter: Parameters<typeof shop.deadLetters.list>[0]) =>
    (await shop.deadLetters.list(filter)).deadLetters.length;
  expect(await count({ filter: { bucket: 'orders' } })).toBe(5);
  expect(await count({ filter: { bucket: 'nothing' } })).toBe(0);
  expect(await count({ filter: { errorClass: 'timeout' } })).toBe(1);
  expect(await count({ filter: { bucket: 'default', errorClass: 'rejected' } })).toBe(0);
  expect(await count({ filter: { afterMs: Date.now() + 3_600_000 } })).toBe(0);
  expect(await count({ filter: { beforeMs: Date.now() + 3_600_000 } })).toBe(6);
  const paged: string[] = [];
  for await (const page of pages((at) => shop.deadLetters.list({ limit: 2, ...at }))) {
    paged.push(...page.deadLetters.map(({ deadLetterId }) => deadLetterId));
  }
  expect(paged).toEqual(await idsLeft());
  expect(paged).toHaveLength(6);
});

describe('a replay', () => {
  test('by name makes a task of each and says which; the links go both ways', async () => {
    await fail(2);
    const [a = '', b = ''] = await idsLeft();
    const { replayed, refused, nextToken } = await shop.deadLetters.replay({ ids: [b, a, b, '3-1-0'] });
    expect(replayed.map(({ deadLetterId, replayedBefore }) => [deadLetterId, replayedBefore])).toEqual([
      [b, false],
      [a, false],
    ]);
    expect(refused).toEqual([{ deadLetterId: '3-1-0', reason: 'no such dead letter', code: 'not_found' }]);
    expect(nextToken).toBeUndefined();
    expect(await idsLeft()).toEqual([]);
    const task = await shop.get(replayed[0]?.taskId ?? '');
    expect(task).toMatchObject({ replayOf: b, state: 'scheduled', dueMs: replayed[0]?.scheduledTimeMs });
    await expect(shop.deadLetters.get(b)).rejects.toThrow(
      `dead_letter_id: it was replayed as task ${replayed[0]?.taskId}`,
    );
    const again = await shop.deadLetters.replay({ ids: [b] });
    expect(again.replayed).toEqual([{ ...replayed[0], replayedBefore: true }]);
    await gateway.failAll();
    const letters = (await shop.deadLetters.list()).deadLetters;
    expect(letters.map(({ replayOf }) => replayOf).sort()).toEqual([a, b].sort());
  });

  test('by filter takes what was there at its start, in pages, at a steady rate over all of them', async () => {
    await fail(7);
    await fail(1, await open());
    const replayed: { deadLetterId: string; scheduledTimeMs: number }[] = [];
    let count = 0;
    const selection = { filter: { bucket: 'orders' }, limit: 3, ratePerSecond: 1 };
    const before = Date.now();
    for await (const page of pages((at) => shop.deadLetters.replay({ ...selection, ...at }))) {
      replayed.push(...page.replayed);
      // Another one comes, and the first one that was replayed fails again.
      if (count++ === 0) await fail(1);
    }
    expect(count).toBeGreaterThanOrEqual(3);
    expect(replayed).toHaveLength(7);
    expect(await idsLeft()).toHaveLength(3);
    const after = Date.now();
    replayed.forEach(({ scheduledTimeMs }, i) => {
      expect(scheduledTimeMs).toBeGreaterThanOrEqual(before + i * 1_000);
      expect(scheduledTimeMs).toBeLessThanOrEqual(after + 1 + i * 1_000);
    });
  });

  test('can call back where the session says', async () => {
    await fail(1);
    const moved = await open({ callback: { protocol: 'HTTP', endpoint: 'http://192.0.2.2/moved' } });
    await moved.deadLetters.replay({ filter: {}, useSessionCallback: true });
    await gateway.failAll();
    const [letter] = (await shop.deadLetters.list()).deadLetters;
    expect(letter).toMatchObject({ bucket: 'orders', callback: { endpoint: 'http://192.0.2.2/moved' } });
    const manager = await openSession(connection, { token: gateway.tokens.shop });
    await expect(manager.deadLetters.replay({ filter: {}, useSessionCallback: true })).rejects.toThrow(
      'use_session_callback: this session was opened without a callback',
    );
    expect((await manager.deadLetters.replay({ filter: {} })).replayed).toHaveLength(1);
  });
});

test('a purge removes by name or by filter, and says how many', async () => {
  await fail(6);
  await fail(1, await open());
  const [first = ''] = await idsLeft();
  expect(await shop.deadLetters.purge({ ids: [first, '0-1-1'] })).toEqual({
    purged: 1,
    refused: [{ deadLetterId: '0-1-1', reason: 'no such dead letter', code: 'not_found' }],
    nextToken: undefined,
  });
  let purged = 0;
  for await (const page of pages((at) =>
    shop.deadLetters.purge({ filter: { bucket: 'orders' }, limit: 2, ...at }),
  )) {
    purged += page.purged;
  }
  expect(purged).toBe(5);
  expect(await idsLeft()).toHaveLength(1);
});

test("a client can not see, replay or purge another one's dead letters", async () => {
  await fail(1);
  const [id = ''] = await idsLeft();
  const rival = await openSession(connection, { token: gateway.tokens.rival, callback });
  const refused = [{ deadLetterId: id, reason: 'no such dead letter', code: 'not_found' }];
  expect((await rival.deadLetters.list()).deadLetters).toEqual([]);
  await expect(rival.deadLetters.get(id)).rejects.toThrow('dead_letter_id: no such dead letter');
  expect(await rival.deadLetters.replay({ ids: [id] })).toMatchObject({ replayed: [], refused });
  expect(await rival.deadLetters.replay({ filter: {} })).toMatchObject({ replayed: [], refused: [] });
  expect(await rival.deadLetters.purge({ ids: [id] })).toMatchObject({ purged: 0, refused });
  expect(await rival.deadLetters.purge({ filter: {} })).toMatchObject({ purged: 0, refused: [] });
  expect(await idsLeft()).toEqual([id]);
});

type Request = boomerang.BoomerangEnvelope.$Properties;
const list = (listDeadLettersRequest: boomerang.ListDeadLettersRequest.$Properties): Request => ({
  listDeadLettersRequest,
});
const replay = (replayDeadLettersRequest: boomerang.ReplayDeadLettersRequest.$Properties): Request => ({
  replayDeadLettersRequest,
});
const purge = (purgeDeadLettersRequest: boomerang.PurgeDeadLettersRequest.$Properties): Request => ({
  purgeDeadLettersRequest,
});
const tooMany = Array.from({ length: 1_001 }, (_, i) => `0-${i}-0`);

const forged = (numbers: number[]) => Buffer.from(numbers.join('.')).toString('base64url');

test.each<[string, Request, RegExp]>([
  ['a list of too many', list({ limit: 1_001 }), /^limit: 1001 is out of range; allowed: .* 0 to 1000/],
  ['a time above 2^53', list({ filter: { deadLetteredAfter: 2 ** 60 } }), /^filter.dead_lettered_after: /],
  [
    'a time before none',
    replay({ filter: { deadLetteredBefore: 2 ** 60 } }),
    /^filter.dead_lettered_before: /,
  ],
  [
    'an unknown error class',
    list({ filter: { errorClass: 99 as 1 } }),
    /^filter.error_class: 99 is no failure; allowed: CONNECT \(4\),/,
  ],
  [
    'a forged token',
    list({ nextToken: 'forged' }),
    /^next_token: it is not a page token; allowed: empty, or/,
  ],
  [
    'a token for a due time beyond the bound',
    replay({ filter: {}, nextToken: forged([0, 0, 0, 1, Date.now() + MAX_DELAY_MS + 60_000]) }),
    /^next_token: it is not a page token; allowed/,
  ],
  [
    'a token for the year 10,946',
    replay({ filter: {}, nextToken: forged([0, 0, 0, 1, 283_277_520_000_000]) }),
    /^next_token: /,
  ],
  [
    'a token of a partition that can not be',
    list({ nextToken: forged([0, 0, 4_096, 0, 0]) }),
    /^next_token: /,
  ],
  [
    'a token with a time that no script can pack',
    purge({ filter: {}, nextToken: forged([2 ** 48, 0, 0, 0, 0]) }),
    /^next_token: /,
  ],
  [
    'a token of another list',
    purge({ filter: {}, nextToken: Buffer.from('1.x').toString('base64url') }),
    /^next_token: /,
  ],
  [
    'an id that is none',
    list({ deadLetterId: 'x'.repeat(500) }),
    /^dead_letter_id: "x{80}…" is not a dead letter's id; allowed/,
  ],
  [
    'an id and a filter',
    list({ deadLetterId: '0-1-0', filter: {} }),
    /^dead_letter_id: .*; allowed: dead_letter_id alone/,
  ],
  [
    'an id that is none to replay',
    replay({ deadLetterIds: ['0-1-0', '-1-0-0'] }),
    /^dead_letter_ids: "-1-0-0" is not/,
  ],
  [
    'an id of a time that no task id can carry',
    replay({ deadLetterIds: [`0-${2 ** 48}-0`] }),
    /^dead_letter_ids: "0-281474976710656-0" is not a dead letter's id/,
  ],
  ['an id of no partition', list({ deadLetterId: '4096-1-0' }), /^dead_letter_id: "4096-1-0" is not/],
  ['an id that is none to purge', purge({ deadLetterIds: [''] }), /^dead_letter_ids: "" is not/],
  [
    'nothing to replay',
    replay({}),
    /^dead_letter_ids, filter: neither is given; allowed: one of the two; an empty/,
  ],
  ['nothing to purge', purge({}), /^dead_letter_ids, filter: neither is given/],
  [
    'ids and a filter to purge',
    purge({ deadLetterIds: ['0-1-0'], filter: {} }),
    /^dead_letter_ids, filter: both are given/,
  ],
  ['too many ids', purge({ deadLetterIds: tooMany }), /^dead_letter_ids: 1001 ids; allowed: at most 1000/],
  [
    'ids with a limit',
    replay({ deadLetterIds: ['0-1-0'], limit: 5 }),
    /^limit and next_token go with a filter/,
  ],
  [
    'a rate out of range',
    replay({ filter: {}, ratePerSecond: 100_001 }),
    /^rate_per_second: 100001 is out of range/,
  ],
])('%s is refused with the field and what is allowed', async (_what, request, message) => {
  await fail(1);
  const answer = await connection.request({ sessionId: shop.sessionId, ...request });
  const response = answer[answer.payload as 'purgeDeadLettersResponse'];
  expect(response).toMatchObject({ status: Status.INVALID_REQUEST });
  expect(response?.errorMessage).toMatch(message);
  expect(await idsLeft()).toHaveLength(1);
});

test.each<[string, Request]>([
  ['list', list({})],
  ['replay', replay({ filter: {} })],
  ['purge', purge({ filter: {} })],
])('%s without a session is refused in its own response', async (_what, request) => {
  const answer = await connection.request(request);
  expect(answer[answer.payload as 'purgeDeadLettersResponse']).toMatchObject({ status: Status.UNAUTHORIZED });
});
