import { setTimeout as sleep } from 'node:timers/promises';
import type { Registration, Session } from '@boomerang/client';
import { partitionOf } from '@boomerang/domain';
import { loadPartitions, type PartitionKeys } from '@boomerang/redis';
import {
  startStackOn,
  startTestCluster,
  type TestCluster,
  type TestRedis,
  type TestStack,
  waitFor,
} from '@boomerang/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { waitForReadiness, withoutRestart } from '../chaos/support/health.js';
import { type Answer, expectRefusalsInTime, startSteadyLoad } from '../chaos/support/steady-load.js';
import { type Arrivals, http, receiveCallbacks, sessionOn } from './support/arrivals.js';

let stack: TestStack<TestCluster>;
let cluster: TestCluster;
let partitions: readonly PartitionKeys[];
let arrivals: Arrivals;
let session: Session;
/** Whether the receiver takes what is said to fail. */
let mended = false;
beforeAll(async () => {
  cluster = await startTestCluster();
  stack = await startStackOn(cluster, { counts: { worker: 2 } });
  partitions = await loadPartitions(cluster.redis, 4);
  arrivals = await receiveCallbacks(cluster.redis, async ({ text, occurrence, attempt }) => {
    if (text === 'slow') await sleep(600);
    if (text === 'twice' && attempt < 3) return { error: 'not yet', retryAfterMs: 200 };
    if (text === 'never') return { deadLetter: 'unwanted' };
    if (text === 'three times' && occurrence === 3) return { stop: true };
    return text === 'failing' && !mended ? { error: 'out of order' } : undefined;
  });
  const retry = { maxAttempts: 3, strategy: 'FIXED', intervalMs: 50 } as const;
  session = await sessionOn(stack, { callback: http(arrivals), retry, dlq: { destination: 'orders' } });
}, 90_000);
afterAll(async () => {
  await arrivals?.close();
  await stack?.stop();
});

/** One after the other: what is asked for at the same time goes to one partition together. */
async function setTimeouts(count: number, payload: string, delayMs: (n: number) => number) {
  const tasks: Registration[] = [];
  for (let n = 0; n < count; n++) tasks.push(await session.setTimeout(payload, delayMs(n)));
  expect(new Set(tasks.map(({ taskId }) => partitionOf(taskId))).size).toBe(partitions.length);
  return tasks;
}

const ended = (taskId: string, state: string) =>
  waitFor(async () => (await session.get(taskId)).state === state, { message: `${taskId} to be ${state}` });

test('tasks of every partition, spread over three primaries, each come exactly once', async () => {
  const primaries = await Promise.all(partitions.map(({ due }) => cluster.primaryOf(due)));
  expect(new Set(primaries).size).toBe(3);
  const tasks = await Promise.all(
    Array.from({ length: 400 }, (_, i) => session.setTimeout(`task ${i}`, (i * 37) % 2_500)),
  );
  expect(new Set(tasks.map(({ taskId }) => partitionOf(taskId))).size).toBe(4);
  const ids = new Set(tasks.map(({ taskId }) => taskId));
  const seen = () => arrivals.all.filter(({ taskId }) => ids.has(taskId));
  await waitFor(() => seen().length >= 400, { timeoutMs: 15_000, message: 'all' });
  await sleep(500);
  expect(seen()).toHaveLength(400);
  expect((await session.list()).tasks).toEqual([]);
});

test('what a receiver says counts: a retry at its time, a dead letter, the end of a recurrence', async () => {
  const [twice, never, recurring] = await Promise.all([
    session.setTimeout('twice', 0),
    session.setTimeout('never', 0),
    session.setInterval('three times', 150),
  ]);
  const [first, second, third] = await arrivals.waitFor(3, twice.taskId);
  expect([first, second, third].map((arrival) => arrival?.attempt)).toEqual([1, 2, 3]);
  expect((second?.redisMs ?? 0) - (first?.redisMs ?? 0)).toBeGreaterThanOrEqual(200);
  await ended(twice.taskId, 'delivered');
  await ended(never.taskId, 'dead_lettered');
  expect(arrivals.of(never.taskId)).toHaveLength(1);
  const periods = await arrivals.waitFor(3, recurring.taskId);
  await ended(recurring.taskId, 'delivered');
  expect(periods.map(({ scheduledTimeMs }) => scheduledTimeMs - recurring.scheduledTimeMs)).toEqual([
    0, 150, 300,
  ]);
});

test('dead letters of all partitions are one list, and their replays are delivered', async () => {
  const failing = await setTimeouts(12, 'failing', () => 0);
  const ids = new Set(failing.map(({ taskId }) => taskId));
  const letters = await waitFor(
    async () => {
      const { deadLetters } = await session.deadLetters.list({ limit: 100 });
      const found = deadLetters.filter(({ taskId }) => ids.has(taskId));
      return found.length === ids.size && found;
    },
    { message: 'all dead letters' },
  );
  expect(new Set(letters.map(({ deadLetterId }) => deadLetterId.split('-')[0])).size).toBe(4);
  for (const { attempts, bucket } of letters) expect([attempts, bucket]).toEqual([3, 'orders']);
  mended = true;
  const { replayed } = await session.deadLetters.replay({
    ids: letters.map((letter) => letter.deadLetterId),
  });
  expect(replayed).toHaveLength(12);
  for (const { taskId } of replayed) await arrivals.waitFor(1, taskId);
});

test('tasks of all partitions are listed in the order of their times, page by page, and cancelled', async () => {
  const later = await setTimeouts(20, 'later', (n) => 60_000 + ((n * 7) % 20) * 1_000);
  const inOrder = [...later].sort((a, b) => a.scheduledTimeMs - b.scheduledTimeMs);
  const listed: string[] = [];
  let page = await session.list({ limit: 6 });
  for (; page.nextToken; page = await session.list({ limit: 6, nextToken: page.nextToken })) {
    listed.push(...page.tasks.map(({ taskId }) => taskId));
  }
  listed.push(...page.tasks.map(({ taskId }) => taskId));
  expect(listed).toEqual(inOrder.map(({ taskId }) => taskId));
  for (const { taskId } of later) expect(await session.cancel(taskId)).toEqual({ attemptUnderWay: false });
  expect((await session.list()).tasks).toEqual([]);

  const { taskId } = await session.setTimeout('slow', 0);
  await arrivals.waitFor(1, taskId);
  expect(await session.cancel(taskId)).toEqual({ attemptUnderWay: true });
  expect(await session.get(taskId)).toMatchObject({ state: 'cancelled' });
});

/** An ack may be forgotten by a failover if the replica had not got it yet; it lags by far less than this, ms. */
const REPLICATION_LAG_MS = 1_000;

const partitionKeysOf = (taskId: string) => partitions[partitionOf(taskId) as number] as PartitionKeys;

async function scrape(service: 'scheduler' | 'gateway', path: string): Promise<string> {
  return (await fetch(`http://127.0.0.1:${stack.httpPorts[service][0]}${path}`)).text();
}

test('replicas that stand still delay nothing that is due at once', async () => {
  const primaries = await Promise.all(partitions.map(({ due }) => cluster.primaryOf(due)));
  const replicas = cluster.nodes.filter((node) => !primaries.includes(node));
  const announced = async () => {
    const metrics = await scrape('scheduler', '/metrics');
    return Number(/scheduler_tickets_total\{cause="wake"\} (\d+)/.exec(metrics)?.[1] ?? 0);
  };
  const before = await announced();
  for (const replica of replicas) replica.freeze();
  try {
    for (let n = 0; n < 4; n++) {
      const { taskId } = await session.setTimeout('at once', 0);
      await arrivals.waitFor(1, taskId);
      await sleep(1_200);
    }
    expect(await announced()).toBeGreaterThan(before);
  } finally {
    for (const replica of replicas) replica.thaw();
  }
});

test('a partition that is moved to another primary turns readiness; what it refuses has changed nothing', async () => {
  const callOff = await cluster.beginMove(partitions[0]?.due ?? '');
  try {
    await waitForReadiness(stack, false);
    const reason = "partition 0 can't be written: redis refuses: TRYAGAIN";
    expect(await scrape('gateway', '/readyz')).toContain(reason);
    const refusal = () =>
      session.setTimeout('x', 60_000).then(
        () => undefined,
        (error: Error) => error,
      );
    expect(await waitFor(refusal, { message: 'a refusal' })).toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('TRYAGAIN'),
    });
  } finally {
    await callOff();
  }
  await waitForReadiness(stack, true);
  for (const { taskId } of (await session.list()).tasks) await session.cancel(taskId);
});

test.each<[string, (victim: TestRedis) => unknown, (victim: TestRedis) => unknown]>([
  ['is killed', (victim) => victim.kill(), (victim) => victim.restart()],
  ['stands still', (victim) => victim.freeze(), (victim) => victim.thaw()],
])(
  'a primary that %s under load costs no ack that its replica had got, and work goes on',
  (_how, strike, heal) =>
    withoutRestart(stack, async () => {
      const load = startSteadyLoad(session);
      const owners = await Promise.all(partitions.map(({ due }) => cluster.primaryOf(due)));
      const victim = owners[0] as TestRedis;
      const heir = await cluster.replicaOf(victim);
      await arrivals.waitFor(arrivals.all.length + 50);
      await strike(victim);
      const struckAt = performance.now();
      const failedOver = async () => (await cluster.primaryOf(partitions[0]?.due ?? '')) === heir;
      await waitFor(failedOver, { timeoutMs: 20_000, message: 'the failover' });
      const failedOverAt = performance.now();
      await waitForReadiness(stack, true);
      const acksSince = () =>
        load.answers.flatMap(({ askedAt, taskId }) =>
          askedAt > failedOverAt && taskId ? partitionKeysOf(taskId) : [],
        );
      await waitFor(() => new Set(acksSince()).size === partitions.length, { message: 'acks everywhere' });
      await load.stop();

      expectRefusalsInTime(load.answers);
      const struck = partitions.filter((_, i) => owners[i] === victim);
      await untilDelivered(load.answers, ({ taskId, askedAt, tookMs }) => {
        const underWay = askedAt < struckAt && askedAt + tookMs > struckAt - REPLICATION_LAG_MS;
        return underWay && struck.includes(partitionKeysOf(taskId));
      });
      await ticketsAreTaken();
      await heal(victim);
      await waitFor(async () => (await cluster.replicaOf(heir)) === victim, { message: 'a replica again' });
    }),
  80_000,
);

type Ack = Answer & { readonly taskId: string };

/** Waits for all that was acked but for what may have been forgotten. */
async function untilDelivered(answers: readonly Answer[], mayBeForgotten: (ack: Ack) => boolean) {
  const acks = answers.filter((answer): answer is Ack => answer.taskId !== undefined);
  const due = acks.filter((ack) => !mayBeForgotten(ack));
  const delivered = () => {
    const seen = new Set(arrivals.all.map(({ taskId }) => taskId));
    return due.every(({ taskId }) => seen.has(taskId));
  };
  await waitFor(delivered, { timeoutMs: 20_000, message: `all ${due.length} that were acked` });
}

/** Tickets that are issued now are taken by a worker, in every partition. */
async function ticketsAreTaken(): Promise<void> {
  const tasks = await setTimeouts(16, 'at last', () => 3_500);
  const tickets = ({ queuePrefix }: PartitionKeys) => `${queuePrefix}:tickets`;
  for (const keys of partitions) {
    await waitFor(async () => (await cluster.redis.zcard(`${tickets(keys)}:delayed`)) > 0, {
      message: `a ticket in ${tickets(keys)}`,
    });
  }
  for (const { taskId } of tasks) await arrivals.waitFor(1, taskId);
  for (const keys of partitions) {
    const none = async () => {
      const lists = ['wait', 'active'].map((list) => cluster.redis.llen(`${tickets(keys)}:${list}`));
      return (await Promise.all(lists)).every((length) => length === 0);
    };
    await waitFor(none, { message: `the tickets of ${tickets(keys)} to be taken` });
  }
}
