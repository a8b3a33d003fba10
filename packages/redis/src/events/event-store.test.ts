import { type EventCursor, formatEventCursor, type TaskEvent } from '@boomerang/domain';
import { beforeEach, expect, test } from 'vitest';
import { aPolicy, aTask, DELIVERED, failure } from '../../test-support/test-engine.js';
import { useTestEngine } from '../../test-support/use-test-engine.js';
import { createEventStore } from './event-store.js';

const engine = useTestEngine({ partitions: 2 });
let start: EventCursor;
const store = () => createEventStore(engine.engine.connection, engine.map);
beforeEach(async () => {
  await store().follow('shop');
  start = await store().latest('shop');
});

const register = (options: Parameters<typeof aTask>[0] = {}, clientId = 'shop') =>
  engine.tasks.register(clientId, aPolicy(), aTask(options));

async function eventsOf(taskId: string, clientId = 'shop'): Promise<TaskEvent[]> {
  const { events } = await store().read(clientId, start, 1_000);
  return events.flatMap(({ event }) => (event?.taskId === taskId ? [event] : []));
}
const kindsOf = async (taskId: string) => (await eventsOf(taskId)).map(({ kind }) => kind);

/** Claims in every partition, for a task may be in any. */
async function claimAnywhere() {
  const claimed = await Promise.all(
    [0, 1].map((partition) => engine.occurrences.claim(partition, 10, 10_000)),
  );
  return claimed.flatMap((reply) => reply.claimed);
}
async function settleAll(settlement: Parameters<typeof engine.occurrences.settle>[1][number]['settlement']) {
  for (const occurrence of await claimAnywhere()) {
    await engine.occurrences.settle(occurrence.partition, [{ occurrence, settlement }]);
  }
}

test('the life of a task is told in order', async () => {
  const { taskId, scheduledTimeMs } = await register();
  await settleAll({ kind: 'retry', dueMs: 0, failure: failure(1) });
  await settleAll(DELIVERED);
  const events = await eventsOf(taskId);
  expect(events.map(({ kind, attempt }) => [kind, attempt])).toEqual([
    ['scheduled', 0],
    ['running', 1],
    ['retrying', 1],
    ['running', 2],
    ['delivered', 2],
  ]);
  expect(events[0]?.details).toEqual({ due_ms: String(scheduledTimeMs) });
  expect(events[2]?.details).toMatchObject({ outcome: 'rejected', error: failure(1).error });
});

test('a dead letter, a cancellation and a lost attempt are told', async () => {
  const dead = await register();
  await settleAll({ kind: 'dead_letter', failure: failure(1) });
  expect(await kindsOf(dead.taskId)).toEqual(['scheduled', 'running', 'dead_lettered']);
  const cancelled = await register({ delayMs: 60_000 });
  await engine.tasks.cancel('shop', cancelled.taskId);
  expect(await kindsOf(cancelled.taskId)).toEqual(['scheduled', 'cancelled']);
  const lost = await register();
  const [occurrence] = await claimAnywhere();
  await engine.redis.zadd(
    engine.partitions[occurrence?.partition ?? 0]?.leases ?? '',
    1,
    occurrence?.member ?? '',
  );
  for (const partition of [0, 1]) await engine.slices().recoverLost(partition, Number.MAX_SAFE_INTEGER);
  expect(await kindsOf(lost.taskId)).toEqual(['scheduled', 'running', 'retrying']);
});

test('clients are apart, and one whom nobody follows has no stream', async () => {
  const own = await register();
  const other = await register({}, 'rival');
  expect(await kindsOf(own.taskId)).toEqual(['scheduled']);
  expect(await kindsOf(other.taskId)).toEqual([]);
  expect(
    await engine.redis.exists(...engine.partitions.map(({ eventPrefix }) => `${eventPrefix}rival`)),
  ).toBe(0);
});

test('a cursor goes on where it was, over all partitions, and across a restart', async () => {
  const first = await Promise.all(Array.from({ length: 10 }, () => register()));
  const page = await store().read('shop', start, 3);
  const again = await store().parseCursor(formatEventCursor(page.cursor));
  expect(page.more).toBe(true);
  const rest = await store().read('shop', again as EventCursor, 1_000);
  const ids = [...page.events, ...rest.events].map(({ event }) => event?.taskId ?? 'gap');
  expect(ids.sort()).toEqual(first.map(({ taskId }) => taskId).sort());
  expect(rest.more).toBe(false);
});

test('events that were trimmed unseen are told as a gap, and only then', async () => {
  const { cursor } = await store().read('shop', start, 1_000);
  // One by one: what is registered at the same time goes to one partition.
  for (let i = 0; i < 10; i++) await register();
  for (const { eventPrefix } of engine.partitions)
    await engine.redis.xtrim(`${eventPrefix}shop`, 'MAXLEN', 2);
  const { events, cursor: behind } = await store().read('shop', cursor, 1_000);
  const gaps = events.filter(({ event }) => !event);
  expect(gaps).toHaveLength(2);
  expect(events).toHaveLength(6);
  await register();
  const rest = await store().read('shop', behind, 1_000);
  expect(rest.events.every(({ event }) => event)).toBe(true);
});

test('a stream is kept for seven days from the last follow, and made once by two gateways', async () => {
  await engine.redis.flushall();
  await Promise.all([store().follow('shop'), store().follow('shop')]);
  for (const { eventPrefix } of engine.partitions) {
    expect(await engine.redis.pttl(`${eventPrefix}shop`)).toBeGreaterThan(6.9 * 86_400_000);
  }
});

test.each(['', 'x', '1-', '-1', '1-1.1-1.1-1', '1-1.', 'A-1', '1-1;1-1'])('%j is no cursor', async (text) => {
  expect(await store().parseCursor(text)).toBeUndefined();
});

test('what only a newer release knows is passed over', async () => {
  await engine.redis.xadd(`${engine.keys.eventPrefix}shop`, '*', 'event', 'teleported', 'task', 'x');
  const { taskId } = await register();
  const { events } = await store().read('shop', start, 10);
  expect(events).toMatchObject([{ event: { taskId } }]);
});
