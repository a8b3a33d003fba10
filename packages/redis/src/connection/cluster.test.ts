import { setTimeout as sleep } from 'node:timers/promises';
import { startTestCluster, type TestCluster, type TestRedis, waitFor } from '@boomerang/testkit';
import type { Cluster, Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { aPolicy, aTask, SETTINGS } from '../../test-support/test-engine.js';
import { REQUIRED_RULE } from '../access/required-access.js';
import { type Engine, openEngine } from '../engine/engine.js';
import { slotOf } from '../partitions/hash-slot.js';
import type { PartitionKeys } from '../partitions/keys.js';
import { raisePartitions } from '../partitions/raise-partitions.js';
import { createTaskStore } from '../tasks/task-store.js';
import { fromRedisError } from './redis-error.js';

let cluster: TestCluster;
let engine: Engine;
const stops: (() => unknown)[] = [];
beforeAll(async () => {
  cluster = await startTestCluster();
  engine = await open();
}, 60_000);
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
  await waitFor(allSlotsServed, {
    timeoutMs: 20_000,
    message: 'all nodes to agree that all slots are served',
  });
});
afterAll(async () => {
  engine?.close();
  await cluster?.stop();
});

const open = () => openEngine({ url: cluster.url, name: 'test', partitions: 4, onError: () => undefined });

const keysOf = (partition: number) => engine.partitions[partition] as PartitionKeys;

/** Registers a task in one partition; what became of it. */
async function register(partition: number): Promise<unknown> {
  const keys = keysOf(partition);
  const map = { written: [keys], oldest: 1, all: async () => [keys], find: async () => keys };
  const tasks = createTaskStore(engine.run, map, SETTINGS);
  return tasks.register('shop', aPolicy(), aTask({ delayMs: 60_000 })).then(
    () => 'registered',
    (error: unknown) => error,
  );
}

const told = (node: TestRedis, ...command: (string | number)[]) => node.redis.call('CLUSTER', ...command);

async function allSlotsServed(): Promise<boolean> {
  const states = await Promise.all(cluster.nodes.map((node) => told(node, 'INFO').catch(String)));
  return states.every((state) => /cluster_state:ok.*cluster_slots_ok:16384/s.test(String(state)));
}

test('one node alone is no Cluster, and that is said', async () => {
  const { url } = cluster.nodes[0] as TestRedis;
  const single = openEngine({ url, name: 'single', partitions: 4, onError: () => undefined });
  await expect(single).rejects.toThrow('name two or more of its nodes in BOOMERANG_REDIS_URL');
});

test('a Cluster that is whole is ready', async () => {
  expect(await engine.ready()).toBeUndefined();
});

test('what a node may have executed is not sent a second time when its connection is lost', async () => {
  const primary = await cluster.primaryOf('counter');
  await engine.connection.set('counter', 0);
  primary.freeze();
  const answer = engine.connection.incr('counter').catch(fromRedisError);
  await sleep(50);
  const node = (engine.connection as Cluster)
    .nodes('master')
    .find(({ options }) => options.port === primary.port) as Redis;
  node.stream.destroy();
  await sleep(300);
  primary.thaw();
  expect(await answer).toMatchObject({ code: 'outcome_unknown' });
  await waitFor(async () => (await engine.connection.get('counter').catch(() => '0')) === '1', {
    message: 'the command to have been executed',
  });
  await sleep(300);
  expect(await engine.connection.get('counter')).toBe('1');
});

test('while a partition is moved to another primary its requests are unavailable, in time, and the others go on', async () => {
  expect(await register(1)).toBe('registered');
  stops.push(await cluster.beginMove(keysOf(1).due));

  const before = performance.now();
  expect(await register(1)).toMatchObject({
    code: 'unavailable',
    message: 'the store refused: TRYAGAIN Multiple keys request during rehashing of slot',
  });
  expect(performance.now() - before).toBeLessThan(1_500);
  expect(await register(2)).toBe('registered');
  expect(await engine.ready()).toBe(
    "partition 1 can't be written: redis refuses: TRYAGAIN Multiple keys request during rehashing of slot",
  );
});

test('a slot that two primaries send each other for is unavailable, in time', async () => {
  const slot = slotOf(keysOf(3).due);
  const [one, other] = [await cluster.primaryOf(keysOf(3).due), await cluster.primaryOf(keysOf(2).due)];
  const [oneId, otherId] = [await told(one, 'MYID'), await told(other, 'MYID')] as string[];
  await told(one, 'SETSLOT', slot, 'NODE', otherId as string);
  stops.push(() => told(one, 'SETSLOT', slot, 'NODE', oneId as string));
  expect(await register(3)).toMatchObject({ code: 'unavailable', message: 'the store refused: MOVED' });
});

test('a slot that nobody serves is unavailable, in time', async () => {
  const slot = slotOf(keysOf(2).due);
  const owner = await cluster.primaryOf(keysOf(2).due);
  for (const node of cluster.nodes) await told(node, 'DELSLOTS', slot);
  stops.push(() => told(owner, 'ADDSLOTS', slot));
  expect(await register(2)).toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('CLUSTERDOWN'),
  });
  expect(await engine.ready()).toMatch(/CLUSTERDOWN/);
});

/** Engines, each with a listener of its own that may sit wherever it likes. */
async function openListeners(count: number) {
  const heard = new Map<Engine, Set<string>>();
  for (let i = 0; i < count; i++) {
    const one = await open();
    stops.push(() => one.close());
    const messages = new Set<string>();
    heard.set(one, messages);
    one.wakeListener.onDue((partition, dueMs) => messages.add(`${partition}:${dueMs}`));
    one.wakeListener.onCancelled((taskId) => messages.add(taskId));
  }
  return heard;
}

/** Publishes until all listeners have heard of the partition. */
async function untilHeard(partition: number, heard: ReadonlyMap<Engine, Set<string>>, timeoutMs: number) {
  const { wakeChannel } = keysOf(partition);
  const publish = (message: string) => engine.connection.publish(wakeChannel, message).catch(() => 0);
  const all = async () => {
    await Promise.all([publish('due 5'), publish(`cancelled task-${partition}`)]);
    await sleep(20);
    return [...heard.values()].every(
      (messages) => messages.has(`${partition}:5`) && messages.has(`task-${partition}`),
    );
  };
  await waitFor(all, { timeoutMs, message: `partition ${partition} to be heard` });
}

test('replicas that stand still keep nobody from hearing what is announced', async () => {
  const heard = await openListeners(4);
  const primaries = await Promise.all(engine.partitions.map(({ due }) => cluster.primaryOf(due)));
  const replicas = cluster.nodes.filter((node) => !primaries.includes(node));
  expect(replicas).toHaveLength(3);
  for (const replica of replicas) replica.freeze();
  stops.push(() => {
    for (const replica of replicas) replica.thaw();
  });
  for (const partition of engine.partitions.keys()) await untilHeard(partition, heard, 500);
});

test('when a primary stands still, its partitions are heard within two seconds of its failover', async () => {
  const heard = await openListeners(2);
  const victim = await cluster.primaryOf(keysOf(0).due);
  const heir = await cluster.replicaOf(victim);
  victim.freeze();
  stops.push(() => victim.thaw());
  await waitFor(async () => (await cluster.primaryOf(keysOf(0).due)) === heir, {
    timeoutMs: 20_000,
    message: 'the failover',
  });
  const publisher = heir.redis;
  const all = async () => {
    await publisher.publish(keysOf(0).wakeChannel, 'due 7');
    await sleep(20);
    return [...heard.values()].every((messages) => messages.has('0:7'));
  };
  await waitFor(all, { timeoutMs: 2_000, message: 'all to hear of it' });
}, 40_000);

test('the documented rule for a user is enough in a Cluster, if every node has it', async () => {
  const { services } = REQUIRED_RULE;
  const allow = (node: TestRedis, rule: readonly string[]) =>
    node.redis.call('ACL', 'SETUSER', 'limited', 'reset', 'on', '>secret', ...rule);
  await Promise.all(cluster.nodes.map((node) => allow(node, services)));
  const url = cluster.url.replaceAll('//', '//limited:secret@');
  const limited = { url, name: 'limited', partitions: 4, onError: () => undefined };
  const able = await openEngine(limited);
  expect(await able.ready()).toBeUndefined();
  able.close();

  const owner = await cluster.primaryOf(keysOf(3).due);
  await allow(
    owner,
    services.filter((word) => word !== '+zadd'),
  );
  await expect(openEngine(limited)).rejects.toThrow('the Redis user limited may not run ZADD: grant +zadd');
  for (const node of cluster.nodes)
    await allow(
      node,
      services.filter((word) => word !== '+cluster|slots'),
    );
  await expect(openEngine(limited)).rejects.toThrow(/NOPERM.*cluster\|slots/);
});

test('a raise of the partition count finds who hears of too few, and goes on when nobody is left', async () => {
  const { redis } = cluster;
  const step = async () => {
    const raise = await raisePartitions(redis, 8);
    expect(raise.counts).toMatchObject({ written: 4, read: 8 });
    return raise.behind === 1 && raise;
  };
  const waiting = await waitFor(step, { message: 'the engines of other tests to be gone' });
  expect(new Set(waiting.readers.map(({ name }) => name))).toEqual(new Set(['test-wakes']));
  for (const { partitions, of } of waiting.readers) expect(partitions).not.toBe(of);

  const young = await open();
  stops.push(() => young.close());
  expect(young.partitions).toHaveLength(8);
  await waitFor(step, { message: 'one that is behind' });
  engine.close();
  await waitFor(async () => (await raisePartitions(redis, 8)).behind === 0, { message: 'the raise' });
});
