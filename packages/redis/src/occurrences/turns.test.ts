import { setTimeout as sleep } from 'node:timers/promises';
import type { ClaimedOccurrence, OccurrenceStore } from '@boomerang/domain';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  allReadable,
  aPolicy,
  aTask,
  DELIVERED,
  failure,
  LEASE_MS,
  queueOverdue,
  SETTINGS,
} from '../../test-support/test-engine.js';
import { useTestEngine } from '../../test-support/use-test-engine.js';
import type { ScriptArgument } from '../engine/scripts.js';
import { createOccurrenceStore } from './occurrence-store.js';

const engine = useTestEngine();
const policy = aPolicy();
const STORE = { ...SETTINGS, leaseMs: LEASE_MS };

/** Of each test: it remembers whether clients take turns. */
let worker: OccurrenceStore;
beforeEach(() => {
  worker = createOccurrenceStore(engine.engine, STORE, allReadable);
});

const register = (client: string, options: Parameters<typeof aTask>[0] = {}) =>
  engine.tasks.register(client, policy, aTask(options));
const registerMany = (client: string, count: number, options: Parameters<typeof aTask>[0] = {}) =>
  Promise.all(Array.from({ length: count }, () => register(client, options)));
const none = (clients: readonly string[]) => new Map(clients.map((client) => [client, 0]));
const claim = async (limit: number, except: readonly string[] = []): Promise<ClaimedOccurrence[]> => [
  ...(await worker.claim(0, limit, 0, none(except))).claimed,
];
const queueOf = (client: string) => engine.keys.overduePrefix + client;
const taskIds = (claimed: readonly ClaimedOccurrence[]) => claimed.map(({ taskId }) => taskId);
function byClient(claimed: readonly ClaimedOccurrence[]): Map<string, ClaimedOccurrence[]> {
  const groups = new Map<string, ClaimedOccurrence[]>();
  for (const one of claimed) groups.set(one.clientId, [...(groups.get(one.clientId) ?? []), one]);
  return groups;
}

/** Claims until nothing is due, as a worker does. */
async function claimTheRest(limit: number): Promise<ClaimedOccurrence[]> {
  const all: ClaimedOccurrence[] = [];
  for (let idle = 0; idle < 3; ) {
    const claimed = await claim(limit);
    all.push(...claimed);
    idle = claimed.length > 0 ? 0 : idle + 1;
  }
  return all;
}

/** So much of each client is due, and in queues. */
async function takingTurns(
  clients: readonly string[],
  each: number,
  options: Parameters<typeof aTask>[0] = {},
): Promise<void> {
  for (const client of clients) await registerMany(client, each, options);
  await queueOverdue(engine, clients);
  for (const client of clients) expect(await engine.redis.zcard(queueOf(client))).toBe(each);
  expect((await engine.redis.zrange(engine.keys.rotation, '0', '-1')).toSorted()).toEqual(clients.toSorted());
}

const FLOOD = 20_000;

test.each([1, 10, 100])(
  'what is due for one client is claimed in its turn though %d others have twenty thousand overdue',
  async (floods) => {
    for (let i = 0; i < floods; i++) await registerMany(`flood ${i}`, FLOOD / floods);
    await sleep(2);
    expect(await claim(16)).toHaveLength(16);
    for (let round = 0; round < 5; round++) {
      const { taskId } = await register('calm');
      await sleep(2);
      let claims = 0;
      for (let claimed: string[] = []; !claimed.includes(taskId); claims++)
        claimed = taskIds(await claim(16));
      expect(claims).toBeLessThanOrEqual(Math.ceil((floods + 1) / 16));
    }
  },
  60_000,
);

test('ten thousand clients with one task each get all of them, in one claim after the other', async () => {
  await Promise.all(Array.from({ length: 10_000 }, (_, i) => register(`client ${i}`)));
  await sleep(2);
  const all: ClaimedOccurrence[] = [];
  while ((await engine.redis.exists(engine.keys.due, engine.keys.rotation)) > 0)
    all.push(...(await claim(256)));
  expect(new Set(taskIds(all)).size).toBe(10_000);
  expect(all).toHaveLength(10_000);
}, 30_000);

test('clients get equal shares, and who has less than its share leaves the rest to the others', async () => {
  await takingTurns(['a', 'b', 'c'], 100);
  await registerMany('d', 4);
  await sleep(2);
  const all: ClaimedOccurrence[] = [];
  for (let i = 0; i < 8; i++) all.push(...(await claim(25)));
  expect(all).toHaveLength(200);
  const counts = [...byClient(all)].map(([client, { length }]) => [client, length]).sort();
  for (const [client, count] of counts) {
    if (client === 'd') expect(count).toBe(4);
    else expect(Math.abs((count as number) - 196 / 3)).toBeLessThan(1.5);
  }
});

test('each client gets its own in the order of due times, and each once, in one claim after the other', async () => {
  const clients = ['a', 'b', 'c'];
  await Promise.all(
    Array.from({ length: 3_000 }, (_, i) => register(clients[i % 3] as string, { delayMs: (i * 7) % 40 })),
  );
  await sleep(45);
  const all = await claimTheRest(256);
  expect(new Set(taskIds(all)).size).toBe(3_000);
  expect(all).toHaveLength(3_000);
  for (const [, own] of byClient(all)) {
    const dues = own.map(({ dueMs }) => dueMs);
    expect(dues).toEqual(dues.toSorted((x, y) => x - y));
  }
  const { due, rotation } = engine.keys;
  expect(await engine.redis.exists(due, rotation, ...clients.map(queueOf))).toBe(0);
});

test('claims of several workers at a time are disjoint and leave nothing out', async () => {
  await Promise.all(Array.from({ length: 2_000 }, (_, i) => register(`client ${i % 7}`)));
  await sleep(2);
  const all: ClaimedOccurrence[] = [];
  while (all.length < 2_000) {
    const replies = await Promise.all(Array.from({ length: 8 }, () => claim(30)));
    expect(replies.flat().length, `after ${all.length}`).toBeGreaterThan(0);
    all.push(...replies.flat());
  }
  expect(new Set(taskIds(all)).size).toBe(2_000);
  expect(await claim(256)).toEqual([]);
});

test('a full claim that leaves something overdue is followed by turns, and these by claims as before', async () => {
  await registerMany('shop', 3);
  await sleep(2);
  const { claimed, nextDueMs } = await worker.claim(0, 2, 0);
  expect({ claimed: claimed.length, nextDueMs }).toEqual({ claimed: 2, nextDueMs: 0 });
  expect(await engine.redis.zcard(engine.keys.due)).toBe(1);
  await registerMany('bank', 2);
  await sleep(2);
  expect(await claim(1)).toHaveLength(1);
  expect(await engine.redis.zcard(queueOf('bank'))).toBe(1);
  expect(await engine.redis.zcard(queueOf('shop'))).toBe(1);
  expect(await claim(5)).toHaveLength(2);
  expect(await engine.redis.exists(engine.keys.rotation)).toBe(0);
  expect((await worker.claim(0, 5, 0)).nextDueMs).toBe(Number.POSITIVE_INFINITY);
});

test('a worker that does not know yet that clients take turns takes turns at once', async () => {
  await takingTurns(['a', 'b'], 10);
  const other = createOccurrenceStore(engine.engine, STORE, allReadable);
  const { claimed } = await other.claim(0, 4, 0);
  expect([...byClient(claimed)].map(([, own]) => own.length)).toEqual([2, 2]);
});

test('a claim that is full makes no queues while nothing that is left is due yet', async () => {
  await registerMany('shop', 10, { delayMs: 60_000 });
  expect((await worker.claim(0, 5, 60_001)).claimed).toHaveLength(5);
  expect(await engine.redis.exists(engine.keys.rotation, queueOf('shop'))).toBe(0);
  expect(await engine.redis.zcard(engine.keys.due)).toBe(5);
});

describe('while one client alone has anything overdue', () => {
  const inQueues = () => engine.redis.exists(engine.keys.rotation, queueOf('shop'));

  test('no queue is made, and it gets what it may have, in the order of due times', async () => {
    await registerMany('shop', 100);
    await sleep(2);
    const all: ClaimedOccurrence[] = [];
    for (let i = 0; i < 3; i++) all.push(...(await claim(10)));
    const { claimed, nextDueMs } = await worker.claim(0, 10, 0, new Map([['shop', 4]]));
    expect(nextDueMs).toBe(0);
    expect((await worker.claim(0, 10, 0, none(['shop']))).claimed).toEqual([]);
    all.push(...claimed, ...(await claimTheRest(50)));
    expect(claimed).toHaveLength(4);
    expect(new Set(taskIds(all)).size).toBe(100);
    const dues = all.map(({ dueMs }) => dueMs);
    expect(dues).toEqual(dues.toSorted((x, y) => x - y));
    expect(await inQueues()).toBe(0);
  });

  test('a retry of its own makes no queue either', async () => {
    await registerMany('shop', 40);
    await sleep(2);
    const [occurrence] = (await claim(2)) as [ClaimedOccurrence];
    const dueMs = Math.ceil(await engine.now());
    await engine.occurrences.settle(0, [
      { occurrence, settlement: { kind: 'retry', dueMs, failure: failure(1) } },
    ]);
    await sleep(2);
    expect(await claimTheRest(10)).toHaveLength(39);
    expect(await inQueues()).toBe(0);
  });

  test('one of another client makes them, and has the next turn', async () => {
    await registerMany('shop', 40);
    await sleep(2);
    expect(await claim(10)).toHaveLength(10);
    expect(await claim(10)).toHaveLength(10);
    expect(await inQueues()).toBe(0);
    const { taskId } = await register('bank');
    await sleep(2);
    expect(taskIds(await claim(4))).toContain(taskId);
    expect(await inQueues()).toBe(2);
  });

  test('a task that waits for nothing that is due does not hide one of another client', async () => {
    await registerMany('shop', 40);
    await sleep(2);
    expect(await claim(10)).toHaveLength(10);
    // It is listed as due, but is neither in the due index nor leased.
    const { taskId: hidden } = await register('shop');
    await engine.redis.zrem(engine.keys.due, hidden);
    const { taskId } = await register('bank');
    await sleep(2);
    expect(taskIds(await claim(10))).toContain(taskId);
  });
});

test('what comes back or is armed while clients take turns takes its turn again', async () => {
  await takingTurns(['busy'], 40);
  const recurring = await register('shop', { repeatIntervalMs: 60_000 });
  await sleep(2);
  const first = (await claim(2)).find(({ taskId }) => taskId === recurring.taskId) as ClaimedOccurrence;
  expect(first).toMatchObject({ occurrence: 1, attempt: 1, dueMs: recurring.scheduledTimeMs });
  const next = await engine.redis.zscore(engine.keys.due, recurring.taskId);
  expect(Number(next)).toBe(recurring.scheduledTimeMs + 60_000);
  const dueMs = Math.ceil(await engine.now()) + 50;
  await engine.occurrences.settle(0, [
    { occurrence: first, settlement: { kind: 'retry', dueMs, failure: failure(1) } },
  ]);
  await sleep(50);
  await sleep(2);
  const again = (await claim(2)).find(({ taskId }) => taskId === recurring.taskId);
  expect(again).toMatchObject({ occurrence: 1, attempt: 2, dueMs, history: [failure(1)] });
});

describe('cancelled while it waits for its turn', () => {
  const gone = async (taskId: string) => {
    expect(await engine.tasks.cancel('shop', taskId)).toEqual({ kind: 'cancelled', attemptUnderWay: false });
    expect(await engine.redis.exists(queueOf('shop'))).toBe(0);
    expect(await engine.redis.zscore(engine.keys.rotation, 'shop')).toBeNull();
    expect(taskIds(await claimTheRest(50))).not.toContain(taskId);
    expect(await engine.redis.exists(engine.keys.occurrences, engine.keys.rotation)).toBe(1);
  };

  test('a one-shot task never comes', async () => {
    await takingTurns(['busy'], 40);
    const { taskId } = await register('shop');
    await sleep(2);
    await claim(1, ['shop']);
    expect(await engine.redis.zcard(queueOf('shop'))).toBe(1);
    await gone(taskId);
  });

  test('a retry never comes', async () => {
    await takingTurns(['busy'], 40);
    const { taskId } = await register('shop');
    await sleep(2);
    const occurrence = (await claim(2)).find((claimed) => claimed.taskId === taskId) as ClaimedOccurrence;
    const dueMs = Math.ceil(await engine.now());
    await engine.occurrences.settle(0, [
      { occurrence, settlement: { kind: 'retry', dueMs, failure: failure(1) } },
    ]);
    await sleep(2);
    await claim(1, ['shop']);
    expect(await engine.redis.zcard(queueOf('shop'))).toBe(1);
    await gone(taskId);
  });

  test('a recurring task recurs no more', async () => {
    await takingTurns(['busy'], 40);
    const { taskId } = await register('shop', { repeatIntervalMs: 1_000 });
    await sleep(2);
    await claim(1, ['shop']);
    await gone(taskId);
  });
});

test('a recurring task that its receiver stops is stopped though its next occurrence waits for a turn', async () => {
  await takingTurns(['busy'], 40);
  const { taskId } = await register('shop', { repeatIntervalMs: 100 });
  await sleep(2);
  const [occurrence] = await claim(1, ['busy']);
  await sleep(110);
  await claim(1, ['shop']);
  expect(await engine.redis.zcard(queueOf('shop'))).toBe(1);
  const settlement = { ...DELIVERED, kind: 'stop' } as const;
  await engine.occurrences.settle(0, [{ occurrence: occurrence as ClaimedOccurrence, settlement }]);
  expect(await engine.redis.exists(queueOf('shop'))).toBe(0);
  expect(taskIds(await claimTheRest(50))).not.toContain(taskId);
});

describe('what can not be claimed holds nobody up', () => {
  test.each(['in the due index', 'in its queue'])('a record that is gone, %s', async (where) => {
    await takingTurns(['busy'], 40);
    const { taskId } = await register('shop');
    await sleep(2);
    if (where === 'in its queue') await claim(1, ['shop']);
    await engine.redis.del(engine.keys.recordPrefix + taskId);
    expect(taskIds(await claimTheRest(50))).not.toContain(taskId);
    expect(await engine.redis.exists(engine.keys.due, engine.keys.rotation, queueOf('shop'))).toBe(0);
  });

  test.each(['in the due index', 'in its queue'])(
    'what only a newer release can read, %s, is left to it for a second later',
    async (where) => {
      await takingTurns(['busy'], 40);
      const { taskId } = await register('shop');
      await sleep(2);
      if (where === 'in its queue') await claim(1, ['shop']);
      await engine.redis.setrange(engine.keys.recordPrefix + taskId, 0, '\x3f');
      const before = await engine.now();
      await claimTheRest(50);
      const dueAgain = Number(await engine.redis.zscore(engine.keys.due, taskId));
      expect(dueAgain).toBeGreaterThanOrEqual(before + 999);
      expect(await engine.redis.exists(engine.keys.rotation, queueOf('shop'))).toBe(0);
    },
  );
});

test('a claim takes no more payload than fits, and what it leaves stays in the queue', async () => {
  const payload = 'x'.repeat(1_048_576);
  await takingTurns(['shop'], 10, { payload });
  expect(await claim(1)).toHaveLength(1);
  expect(await claim(100)).toHaveLength(7);
  expect(await engine.redis.zcard(queueOf('shop'))).toBe(2);
  expect(await engine.redis.zrange(engine.keys.rotation, '0', '-1')).toEqual(['shop']);
  expect(await claim(100)).toHaveLength(2);
});

test('a client gets no more than it may have, and the others get the rest', async () => {
  await takingTurns(['shop', 'bank', 'post'], 20);
  const { claimed } = await worker.claim(
    0,
    30,
    0,
    new Map([
      ['shop', 2],
      ['bank', 11],
      ['post', 0],
    ]),
  );
  expect([...byClient(claimed)].map(([client, own]) => [client, own.length])).toEqual([
    ['bank', 11],
    ['shop', 2],
  ]);
  for (const [client, left] of [
    ['shop', 18],
    ['bank', 9],
    ['post', 20],
  ] as const)
    expect(await engine.redis.zcard(queueOf(client))).toBe(left);
});

test('nothing is taken of clients that may have no more, not even once others have had all of theirs', async () => {
  await registerMany('shop', 3);
  await registerMany('bank', 3);
  await sleep(2);
  const claimed = await claim(10, ['shop']);
  expect(claimed.map(({ clientId }) => clientId)).toEqual(['bank', 'bank', 'bank']);
  const { claimed: nothing, nextDueMs } = await worker.claim(0, 10, 0, none(['shop']));
  expect({ nothing, nextDueMs }).toEqual({ nothing: [], nextDueMs: 0 });
  expect(await claim(10)).toHaveLength(3);
});

test('what a claim took by turns whose reply was lost is handed out again', async () => {
  await takingTurns(['a', 'b'], 20);
  let lose = true;
  const run = async (
    name: Parameters<typeof engine.run>[0],
    keys: typeof engine.keys,
    args: readonly ScriptArgument[],
  ) => {
    const reply = await engine.run(name, keys, args);
    if (!lose || name !== 'claim-by-turns') return reply;
    lose = false;
    throw new Error('Connection is closed.');
  };
  const store = createOccurrenceStore({ ...engine.engine, run }, STORE, allReadable);
  await expect(store.claim(0, 10, 0)).rejects.toThrow();
  const { claimed, nextDueMs } = await store.claim(0, 10, 0);
  expect([...byClient(claimed)].map(([, own]) => own.length)).toEqual([5, 5]);
  expect(claimed.every(({ attempt }) => attempt === 1)).toBe(true);
  expect(nextDueMs).toBe(0);
});

describe('while clients take turns', () => {
  test('a task shows what it waits for, with the time at which it was due', async () => {
    await takingTurns(['busy'], 40);
    const once = await register('shop');
    const again = await register('shop', { repeatIntervalMs: 60_000 });
    await sleep(2);
    await claim(1, ['shop']);
    for (const { taskId, scheduledTimeMs: dueMs } of [once, again]) {
      const task = { state: 'scheduled', dueMs, occurrence: 1, waitingFor: { reason: 'turn' } };
      expect(await engine.tasks.get('shop', taskId)).toMatchObject(task);
    }
    const everything = { scheduledAfterMs: 0, scheduledBeforeMs: 0, recurring: undefined };
    const { tasks } = await engine.tasks.list('shop', everything, 10);
    expect(tasks.map(({ waitingFor }) => waitingFor)).toEqual([{ reason: 'turn' }, { reason: 'turn' }]);
  });

  test('schedulers and workers see what is in the queues', async () => {
    const before = Math.floor(await engine.now());
    await takingTurns(['a', 'b', 'c'], 20);
    await register('later', { delayMs: 30_000 });
    const slices = engine.slices();
    const look = await slices.look(0);
    expect(look?.workload).toMatchObject({ parked: 61, overdue: 60, dueWithinMinute: 1 });
    expect(await slices.workload(0)).toMatchObject({ parked: 61, overdue: 60 });
    expect(look?.slices.reduce((sum, { count }) => sum + count, 0)).toBe(60);
    const { firstDueMs, nowMs } = await engine.occurrences.firstDue(0);
    expect(firstDueMs).toBeGreaterThanOrEqual(before);
    expect(firstDueMs).toBeLessThanOrEqual(nowMs);
    const starts = look?.slices.map(({ startMs }) => startMs) ?? [];
    expect(starts[0]).toBe(firstDueMs - (firstDueMs % 1_000));
    expect(starts).toEqual([...new Set(starts)].toSorted());
  });

  test('of very many clients not each is counted, and what is overdue is seen all the same', async () => {
    const before = Math.floor(await engine.now());
    const clients = Array.from({ length: 1_200 }, (_, i) => `client ${i}`);
    await Promise.all(clients.map((client) => register(client)));
    await sleep(2);
    for (let i = 0; i < 4; i++) expect(await claim(1, clients)).toEqual([]);
    expect(await engine.slices().workload(0)).toMatchObject({ parked: 1_200, overdue: 1_200 });
    // Those whose turn comes first have nothing left: the first of all is one that is not counted.
    for (const client of (await engine.redis.zrange(engine.keys.rotation, '0', '599')) as string[])
      await engine.redis.del(queueOf(client));
    expect((await engine.slices().look(0))?.slices).toHaveLength(1);
    expect((await engine.occurrences.firstDue(0)).firstDueMs).toBeGreaterThanOrEqual(before);
    expect((await engine.occurrences.firstDue(0)).firstDueMs).toBeLessThan(Number.POSITIVE_INFINITY);
    expect((await claimTheRest(256)).length).toBe(600);
  });
});
