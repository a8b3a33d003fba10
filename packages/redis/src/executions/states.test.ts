import type { EventCursor } from '@boomerang/domain';
import { expect, test } from 'vitest';
import { daemon, report, useTestExecutions } from '../../test-support/use-test-executions.js';
import { createEventStore } from '../events/event-store.js';

const { engine, tasks, assignments, submit, drain, offered, started } = useTestExecutions();

const events = () => createEventStore(engine.engine.connection, engine.map);
async function followed(): Promise<EventCursor> {
  await events().follow('shop');
  return events().latest('shop');
}
async function kindsSince(start: EventCursor): Promise<unknown[]> {
  const { events: told } = await events().read('shop', start, 1_000);
  return told.map(({ event }) => event?.kind);
}

const stateOf = async (taskId: string) => (await tasks().get('shop', taskId))?.state;
async function sweep(): Promise<void> {
  for (const partition of [0, 1]) await engine.slices().recoverLost(partition, await engine.now());
}
/** As if the time had come. */
async function expireNow(): Promise<void> {
  for (const { executionPrefix } of engine.partitions) {
    const key = `${executionPrefix}expiring`;
    for (const member of await engine.redis.zrange(key, '0', '-1')) await engine.redis.zadd(key, 1, member);
  }
}
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const deadLetters = () =>
  engine.deadLetters.list('shop', { bucket: '', afterMs: 0, beforeMs: 0, errorClass: undefined }, 10, true);

test('each state of a task that fails is told, by the task and by an event', async () => {
  const start = await followed();
  const { taskId } = await submit({ max_attempts: '2', retry_interval_ms: '1' });
  expect(await stateOf(taskId)).toBe('scheduled');
  await drain();
  expect(await stateOf(taskId)).toBe('ready');
  const [first] = await offered();
  expect(await stateOf(taskId)).toBe('assigned');
  if (!first) throw new Error('nothing was offered');
  await assignments().accept(daemon, first);
  expect(await stateOf(taskId)).toBe('running');
  await assignments().report(daemon, first, report({ succeeded: false }));
  expect(await stateOf(taskId)).toBe('retrying');
  await sleep(2);
  await assignments().report(daemon, await started(), report({ succeeded: false }));
  expect(await stateOf(taskId)).toBe('failed');
  const round = ['ready', 'assigned', 'running'];
  expect(await kindsSince(start)).toEqual([
    ...['scheduled', ...round, 'retrying'],
    ...[...round, 'dead_lettered', 'failed'],
  ]);
});

test('a task whose last execution ran too long has timed out, and its dead letter says timeout', async () => {
  const start = await followed();
  const { taskId } = await submit({ max_attempts: '2', retry_interval_ms: '1' });
  await assignments().report(daemon, await started(), report({ succeeded: false, timedOut: true }));
  expect(await stateOf(taskId)).toBe('retrying');
  await sleep(2);
  await assignments().report(daemon, await started(), report({ succeeded: false, timedOut: true }));
  expect(await stateOf(taskId)).toBe('timed_out');
  expect((await kindsSince(start)).slice(-2)).toEqual(['dead_lettered', 'timed_out']);
  expect((await deadLetters()).letters).toMatchObject([{ taskId, errorClass: 'timeout' }]);
  expect(await tasks().list('shop', { status: 'failed', type: '' }, 10, 0)).toMatchObject({ total: 1 });
});

test('a task that timed out before and failed at last has failed', async () => {
  const { taskId } = await submit({ max_attempts: '2', retry_interval_ms: '1' });
  await assignments().report(daemon, await started(), report({ succeeded: false, timedOut: true }));
  await sleep(2);
  await assignments().report(daemon, await started(), report({ succeeded: false }));
  expect(await stateOf(taskId)).toBe('failed');
});

test('what no daemon begins in time expires: offered to nobody, no dead letter, listed among the cancelled', async () => {
  const start = await followed();
  const { taskId } = await submit({ expires_after_ms: '60000' });
  await drain();
  await sweep();
  expect(await stateOf(taskId)).toBe('ready');
  await expireNow();
  expect(await offered()).toEqual([]);
  await sweep();
  expect(await stateOf(taskId)).toBe('expired');
  expect(await kindsSince(start)).toEqual(['scheduled', 'ready', 'expired']);
  expect((await deadLetters()).letters).toEqual([]);
  expect(await tasks().list('shop', { status: 'canceled', type: '' }, 10, 0)).toMatchObject({ total: 1 });
  expect(await tasks().cancel('shop', taskId, '')).toEqual({ kind: 'ended', state: 'expired' });
  expect(await tasks().list('shop', { status: 'pending', type: '' }, 10, 0)).toMatchObject({ total: 0 });
});

test('an offer that is accepted too late is stale, and the task expires', async () => {
  const { taskId } = await submit({ expires_after_ms: '60000' });
  const [execution] = await offered();
  if (!execution) throw new Error('nothing was offered');
  await expireNow();
  expect(await assignments().accept(daemon, execution)).toBe('stale');
  await sweep();
  expect(await stateOf(taskId)).toBe('expired');
  expect(await assignments().heldBy(daemon)).toEqual([]);
});

test('what has begun in time does not expire, nor does its retry', async () => {
  const { taskId } = await submit({ expires_after_ms: '60000', retry_interval_ms: '1' });
  const execution = await started();
  await expireNow();
  await sweep();
  expect(await stateOf(taskId)).toBe('running');
  await assignments().report(daemon, execution, report({ succeeded: false }));
  await sleep(2);
  await assignments().report(daemon, await started(), report());
  expect(await stateOf(taskId)).toBe('completed');
});

test('an occurrence of a recurring task that expires leaves the task to recur', async () => {
  const { taskId } = await submit({ expires_after_ms: '60000', repeat_interval_ms: '1000' });
  await drain();
  await expireNow();
  await sweep();
  expect(await stateOf(taskId)).toBe('scheduled');
  const occurrences = async () => (await offered()).map(({ occurrence }) => occurrence);
  await expect.poll(occurrences, { timeout: 2_000, interval: 20 }).toEqual([2]);
});

test('a task that is cancelled before it expires leaves nothing to expire', async () => {
  const { taskId } = await submit({ expires_after_ms: '60000' });
  await drain();
  await tasks().cancel('shop', taskId, '');
  await sweep();
  expect(await stateOf(taskId)).toBe('cancelled');
  for (const { executionPrefix } of engine.partitions) {
    expect(await engine.redis.exists(`${executionPrefix}expiring`)).toBe(0);
  }
});
