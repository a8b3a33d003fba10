import { type DeadLetterPosition, parseDeadLetterId, partitionOf } from '@boomerang/domain';
import type { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  allReadable,
  aPolicy,
  aTask,
  failure,
  SETTINGS,
  startTestEngine,
  type TestEngine,
} from '../../test-support/test-engine.js';
import { connectRedis } from '../connection/connection.js';
import { openSubscription } from '../connection/open-subscription.js';
import type { Subscription } from '../connection/subscription.js';
import { createDeadLetterStore } from '../dead-letters/dead-letter-store.js';
import { type Engine, openEngine } from '../engine/engine.js';
import { loadScripts } from '../engine/scripts.js';
import { createOccurrenceStore } from '../occurrences/occurrence-store.js';
import { createTaskStore } from '../tasks/task-store.js';
import { globalKeys } from './keys.js';
import { outgrown } from './outgrown.js';
import { readPartitionCounts } from './partition-counts.js';
import { loadPartitionMap } from './partition-map.js';
import { subscribeToPartitions } from './partition-readers.js';
import { loadPartitions } from './partitions.js';
import { raisePartitions } from './raise-partitions.js';

/** Its own engine is closed at once, for an open one is a reader. */
let base: TestEngine;
let redis: Redis;
const opened: Engine[] = [];
beforeAll(async () => {
  base = await startTestEngine({ partitions: 4 });
  redis = (await connectRedis({ url: base.server.url, name: 'raise' })) as Redis;
  base.engine.close();
});
afterAll(async () => {
  redis.disconnect();
  await base.stop();
});
beforeEach(async () => {
  await redis.flushall();
  await loadPartitions(redis, 4);
});
afterEach(() => {
  for (const engine of opened.splice(0)) engine.close();
});

/** A scheduler or a worker. */
async function startReader(name: string): Promise<Engine> {
  const engine = await openEngine({
    url: base.server.url,
    name,
    partitions: 4,
    onError: () => undefined,
  });
  opened.push(engine);
  return engine;
}

async function stopReader(engine: Engine): Promise<void> {
  engine.close();
  // Redis notices a little later.
  await expect.poll(async () => (await redis.pubsub('NUMSUB', '{1bz}wake'))[1]).toBe(opened.length - 1);
  opened.splice(opened.indexOf(engine), 1);
}

/** What a gateway works with that starts now. */
async function startGateway() {
  const map = await loadPartitionMap(redis, 4);
  return { map, tasks: createTaskStore(loadScripts(redis), map, SETTINGS) };
}

const counts = () => readPartitionCounts(redis);

test('readers come first: the count is written to when no scheduler and no worker is left that reads fewer', async () => {
  const scheduler = await startReader('scheduler');
  const worker = await startReader('worker');
  const waiting = await raisePartitions(redis, 8);
  expect(waiting).toMatchObject({ counts: { oldest: 4, written: 4, read: 8 }, behind: 2 });
  expect(waiting.readers).toEqual([
    { name: 'scheduler-wakes', address: expect.stringMatching(/^127\.0\.0\.1:\d+$/), partitions: 4, of: 8 },
    { name: 'worker-wakes', address: expect.stringMatching(/^127\.0\.0\.1:\d+$/), partitions: 4, of: 8 },
  ]);

  expect((await startReader('scheduler')).partitions).toHaveLength(8);
  await stopReader(scheduler);
  expect(await raisePartitions(redis, 8)).toMatchObject({ behind: 1, readers: [{ name: 'worker-wakes' }] });
  expect(await counts()).toEqual({ oldest: 4, written: 4, read: 8 });

  await startReader('worker');
  await stopReader(worker);
  expect(await raisePartitions(redis, 8)).toEqual({
    counts: { oldest: 4, written: 8, read: 8 },
    behind: 0,
    readers: [],
  });
  expect((await startGateway()).map.written).toHaveLength(8);
});

test('while nobody runs it is done at once, and once more it changes nothing', async () => {
  for (let i = 0; i < 2; i++) expect((await raisePartitions(redis, 8)).behind).toBe(0);
  expect(await raisePartitions(redis, 64)).toMatchObject({ counts: { oldest: 4, written: 64, read: 64 } });
});

test.each([1, 4, 7])('a raise to 8 is never followed by a lower one: %d', async (count) => {
  await raisePartitions(redis, 8);
  await expect(raisePartitions(redis, count)).rejects.toThrow(
    'the partition count is never lowered: 8 partitions are read already',
  );
  expect(await counts()).toEqual({ oldest: 4, written: 8, read: 8 });
});

test('a raise that is under way is not followed by a lower one either', async () => {
  await startReader('worker');
  await raisePartitions(redis, 16);
  await expect(raisePartitions(redis, 8)).rejects.toThrow('16 partitions are read already, and 4 written to');
  expect((await raisePartitions(redis, 32)).counts).toEqual({ oldest: 4, written: 4, read: 32 });
});

test('raises at the same time end at the highest, never below', async () => {
  const raises = [8, 64, 16, 32].map((count) => raisePartitions(redis, count));
  await Promise.allSettled(raises);
  expect(await counts()).toEqual({ oldest: 4, written: 64, read: 64 });
});

test('one that died after its first step is gone on with', async () => {
  const dying = new Proxy(redis, {
    get: (target, name) =>
      name === 'eval' ? () => Promise.reject(new Error('killed')) : Reflect.get(target, name, target),
  });
  await expect(raisePartitions(dying, 8)).rejects.toThrow('killed');
  expect(await counts()).toEqual({ oldest: 4, written: 4, read: 8 });
  expect((await raisePartitions(redis, 8)).counts).toEqual({ oldest: 4, written: 8, read: 8 });
});

test('an empty Redis has nothing to raise', async () => {
  await redis.flushall();
  await expect(raisePartitions(redis, 8)).rejects.toThrow('Redis holds no partition count yet');
  expect(await redis.keys('*')).toEqual([]);
});

test('a reader that starts in the middle of a raise reads the raised count, or is seen as behind', async () => {
  const options = { url: base.server.url, connection: redis, name: 'worker-wakes' };
  const subscription = await openSubscription(options);
  const raisedMeanwhile: Subscription = {
    onMessage: (listener) => subscription.onMessage(listener),
    close: () => subscription.close(),
    async hear(channels) {
      // Nobody has subscribed yet, so that the raise goes through to its end.
      if (channels.length === 4) await raisePartitions(redis, 8);
      return subscription.hear(channels);
    },
  };
  expect(await subscribeToPartitions(redis, raisedMeanwhile, 4)).toHaveLength(8);
  expect((await counts())?.written).toBe(8);
  raisedMeanwhile.close();
});

test('a gateway that knows the old count finds, lists and cancels what is in the new partitions', async () => {
  const old = await startGateway();
  await raisePartitions(redis, 8);
  const young = await startGateway();
  const ids: string[] = [];
  // Batches go to one partition after the other.
  for (let i = 0; i < 8; i++) {
    ids.push((await young.tasks.register('shop', aPolicy(), aTask({ delayMs: 60_000 }))).taskId);
  }
  expect(ids.map(partitionOf).sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  const filter = { scheduledAfterMs: 0, scheduledBeforeMs: 0, recurring: undefined };
  const first = await old.tasks.list('shop', filter, 3);
  const rest = await old.tasks.list('shop', filter, 100, first.next);
  expect([...first.tasks, ...rest.tasks].map(({ taskId }) => taskId).sort()).toEqual([...ids].sort());
  for (const id of ids) {
    expect(await old.tasks.get('shop', id)).toMatchObject({ state: 'scheduled' });
    expect(await old.tasks.cancel('shop', id)).toMatchObject({ kind: 'cancelled' });
  }
  expect(old.map.written).toHaveLength(4);
});

test('a gateway that knows the old count lists, reads, replays and purges dead letters of the new partitions', async () => {
  const old = createDeadLetterStore(loadScripts(redis), await loadPartitionMap(redis, 4), SETTINGS);
  await raisePartitions(redis, 8);
  const young = await startGateway();
  for (let i = 0; i < 8; i++) await young.tasks.register('shop', aPolicy(), aTask());
  await deadLetterAll(await startReader('worker'));

  const everything = { bucket: '', afterMs: 0, beforeMs: 0, errorClass: undefined };
  const first = await old.list('shop', everything, 3, true);
  const rest = await old.list('shop', everything, 100, true, first.next);
  const ids = [...first.letters, ...rest.letters].map((letter) => parseDeadLetterId(letter.id));
  const [id, ...others] = ids.sort((a, b) => (b?.partition ?? 0) - (a?.partition ?? 0)) as Positions;
  expect([id, ...others].map(({ partition }) => partition)).toEqual([7, 6, 5, 4, 3, 2, 1, 0]);
  expect(await old.get('shop', id, true)).toBeDefined();
  const options = { callback: undefined, evenNotForwarded: false, startMs: 0 };
  expect(await old.replay('shop', [{ id, delayMs: 0 }], options)).toMatchObject([{ kind: 'replayed' }]);
  expect(await old.replayedAs('shop', id)).toBeDefined();
  expect(await old.purge('shop', others, false)).toEqual(others.map(() => 'purged'));
});

type Positions = [DeadLetterPosition, ...DeadLetterPosition[]];

async function deadLetterAll(engine: Engine): Promise<void> {
  const occurrences = createOccurrenceStore(engine, { ...SETTINGS, leaseMs: 10_000 }, allReadable);
  const settlement = { kind: 'dead_letter', failure: failure(1) } as const;
  for (const partition of engine.partitions.keys()) {
    const { claimed } = await occurrences.claim(partition, 256, 5);
    await occurrences.settle(
      partition,
      claimed.map((occurrence) => ({ occurrence, settlement })),
    );
  }
}

test('a reader that was overlooked wants to be started anew, once its tasks may be where it does not look', async () => {
  const reader = await startReader('worker');
  expect(await reader.outgrown()).toBeUndefined();
  await raisePartitions(redis, 8);
  expect(await reader.outgrown()).toBeUndefined();
  await redis.set(globalKeys.partitions, 8);
  expect(await reader.outgrown()).toBe(
    'tasks are written to 8 partitions, and this process looks after 4: start it again',
  );
  expect(await (await startReader('worker')).outgrown()).toBeUndefined();
});

test.each([
  ['does not answer', () => new Promise<never>(() => undefined)],
  ['is out of reach', () => Promise.reject(new Error('Connection is closed.'))],
])('a Redis that %s says nothing about it', async (_, exec) => {
  const commands = { get: () => commands, smembers: () => commands, exec };
  expect(await outgrown({ pipeline: () => commands } as unknown as Redis, 4)).toBeUndefined();
});

test('a reader whose connection is away for a moment is not overlooked', async () => {
  const { wakeListener } = await startReader('worker');
  const list = String(await redis.client('LIST', 'TYPE', 'PUBSUB'));
  await redis.call('CLIENT', 'KILL', 'ID', /^id=(\d+)/.exec(list)?.[1] as string);
  expect(await raisePartitions(redis, 8)).toMatchObject({ counts: { written: 4, read: 8 }, behind: 1 });
  const heard = new Promise((resolve) => wakeListener.onDue(resolve));
  await redis.publish('{1bz}wake', 'due 1');
  await heard;
});

test('an id of a partition that there is not is no task', async () => {
  const { map, tasks } = await startGateway();
  expect(await map.find(4_095)).toBeUndefined();
  expect(await map.find(undefined)).toBeUndefined();
  const id = '01900000-0000-7fff-8000-000000000000';
  expect(await tasks.get('shop', id)).toBeUndefined();
  expect(await tasks.cancel('shop', id)).toEqual({ kind: 'not_found' });
});

test('what Redis holds is refused if it is no partition count', async () => {
  await redis.sadd(globalKeys.partitionHistory, 'many');
  await expect(counts()).rejects.toThrow(
    '{boomerang:partitions}:history in Redis is no partition count: allowed are 1 to 4096',
  );
});
