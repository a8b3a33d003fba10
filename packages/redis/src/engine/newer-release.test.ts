import type { DeliveryPolicy, Ticket } from '@boomerang/domain';
import { Queue } from 'bullmq';
import { expect, test } from 'vitest';
import { aKey, aPolicy, aTask, claimAll, claimOne, failure } from '../../test-support/test-engine.js';
import { useTestEngine } from '../../test-support/use-test-engine.js';
import { createSessionStore } from '../clients/session-store.js';
import { connectRedis } from '../connection/connection.js';
import { decodeWholePolicy, encodePolicy } from '../layout/policy-codec.js';
import { TICKET_QUEUE } from '../partitions/keys.js';
import { createTicketSource } from '../tickets/ticket-source.js';

const engine = useTestEngine();

const { callback, retry, dlq } = aPolicy();
const FUTURE: [string, object][] = [
  ['the protocol CARRIER_PIGEON', { callback: { protocol: 'CARRIER_PIGEON', endpoint: 'roof' }, retry, dlq }],
  ['the strategy FIBONACCI', { callback, retry: { ...retry, strategy: 'FIBONACCI' }, dlq }],
  ['the field callback.compressed', { callback: { ...callback, compressed: true }, retry, dlq }],
  ['the field quietHours', { callback, retry, dlq, quietHours: { from: 22 } }],
];

async function registerWithPolicy(stored: object): Promise<string> {
  const { taskId } = await engine.tasks.register('shop', aPolicy(), aTask());
  const [hash = ''] = await engine.redis.hkeysBuffer(engine.keys.policies);
  await engine.redis.hset(engine.keys.policies, hash, JSON.stringify(stored));
  return taskId;
}

/** Attempts that are counted of the only occurrence. */
async function attempts(): Promise<number | undefined> {
  const [state] = await engine.redis.hvalsBuffer(engine.keys.occurrences);
  return state?.readUInt16BE(12);
}

test.each(FUTURE)(
  'an occurrence whose policy has %s is given back, uncounted, and told of',
  async (what, policy) => {
    const future = await registerWithPolicy(policy);
    const { taskId } = await engine.tasks.register('shop', aPolicy(), aTask());
    const before = await engine.now();
    expect((await claimAll(engine, 60_000)).map((claimed) => claimed.taskId)).toEqual([taskId]);
    expect(engine.unreadable).toEqual([
      `${future}: the delivery policy has ${what}, which only a newer release knows`,
    ]);
    const member = `${future}:1`;
    expect(Number(await engine.redis.zscore(engine.keys.due, member))).toBeGreaterThanOrEqual(before + 1_000);
    expect(await engine.redis.zscore(engine.keys.leases, member)).toBeNull();
    expect(await engine.redis.xlen(engine.keys.dlq)).toBe(0);
  },
);

test('however often it is given back, the release that can read it makes the first attempt', async () => {
  await registerWithPolicy({ callback: { protocol: 'CARRIER_PIGEON', endpoint: 'roof' }, retry, dlq });
  for (let round = 0; round < 3; round++) expect(await claimAll(engine, 60_000)).toEqual([]);
  expect(await attempts()).toBe(0);
  const [hash = ''] = await engine.redis.hkeysBuffer(engine.keys.policies);
  await engine.redis.hset(engine.keys.policies, hash, encodePolicy(aPolicy()).json);
  expect(await claimOne(engine, 60_000)).toMatchObject({ attempt: 1, occurrence: 1 });
});

test('a history with a class of errors of the future is kept for the release that knows it', async () => {
  await engine.tasks.register('shop', aPolicy(), aTask());
  const occurrence = await claimOne(engine);
  const dueMs = await engine.now();
  await engine.occurrences.settle(0, [
    { occurrence, settlement: { kind: 'retry', dueMs, failure: failure(1) } },
  ]);
  const state = (await engine.redis.hgetBuffer(engine.keys.occurrences, occurrence.member)) as Buffer;
  state.writeUInt8(99, 26 + 12);
  await engine.redis.hset(engine.keys.occurrences, occurrence.member, state);
  expect(await claimAll(engine, 60_000)).toEqual([]);
  expect(engine.unreadable).toEqual([expect.stringContaining('99')]);
  expect(await engine.redis.hgetBuffer(engine.keys.occurrences, occurrence.member)).toEqual(state);
});

test('what this release writes it reads, with and without what it may leave out', () => {
  const policies: DeliveryPolicy[] = [
    aPolicy(),
    { ...aPolicy(), callback: undefined },
    { ...aPolicy(), callback: { protocol: 'UDP', endpoint: 'a:1', acked: true } },
    {
      ...aPolicy(),
      callback: { protocol: 'HTTP', endpoint: 'http://a/', format: 'RAW', rawContentType: 'a/b' },
    },
  ];
  for (const policy of policies) expect(decodeWholePolicy(encodePolicy(policy).json)).toEqual(policy);
});

test('a session whose policy only a newer gateway can read is refused, not followed in part', async () => {
  const sessions = createSessionStore(engine.redis, 60_000);
  const { sessionId } = await sessions.open(aKey(), aPolicy());
  const [key = ''] = await engine.redis.keys('*session*');
  const policy = JSON.stringify({ callback: { ...callback, compressed: true }, retry, dlq });
  await engine.redis.set(key, JSON.stringify({ clientId: 'shop', policy }), 'KEEPTTL');
  await expect(sessions.find(sessionId)).rejects.toMatchObject({
    code: 'unavailable',
    message: 'the session was opened by a newer release than this gateway',
  });
});

test('a ticket of a later version stays in the queue for a newer release, and others are taken', async () => {
  const queue = new Queue(TICKET_QUEUE, { connection: engine.redis, prefix: engine.keys.queuePrefix });
  const taken: Ticket[] = [];
  const errors: string[] = [];
  const connect = () => connectRedis({ url: engine.server.url, name: 'worker', patient: true });
  const source = createTicketSource(engine.engine, connect, ({ message }) => void errors.push(message));
  const consumer = await source.consume(async (ticket) => void taken.push(ticket));

  await queue.add('slice', { version: 2, slices: [7, 8] }, { jobId: 'slice-7-0', attempts: 1 });
  await queue.add('slice', { sliceStartMs: 5_000, generation: 'of before versions' });
  await expect
    .poll(() => taken)
    .toEqual([{ partition: 0, sliceStartMs: 5_000, generation: 'of before versions' }]);
  await expect.poll(() => errors.length, { timeout: 5_000 }).toBeGreaterThan(1);
  expect(new Set(errors)).toEqual(
    new Set(['a ticket is of version 2, which only a newer release can read: left to one']),
  );
  await consumer.close();
  expect((await queue.getJob('slice-7-0'))?.data).toEqual({ version: 2, slices: [7, 8] });
});

test('announcements that this release does not know are not listened to, and the next one is', async () => {
  const heard: unknown[] = [];
  const store = engine.slices();
  const ends = [
    store.onWake((...due) => heard.push(due)),
    store.onHandedOn((ticket) => heard.push(ticket)),
    engine.occurrences.onCancelled((taskId) => heard.push(taskId)),
  ];
  for (const message of ['paused all', '', '{"kind":"due"}', 'due 5000']) {
    await engine.redis.publish(engine.keys.wakeChannel, message);
  }
  await expect.poll(() => heard).toEqual([[0, 5_000]]);
  for (const end of ends) end();
});
