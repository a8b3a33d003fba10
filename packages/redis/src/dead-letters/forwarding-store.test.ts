import type { Redis } from 'ioredis';
import { describe, expect, test } from 'vitest';
import { deadLetter } from '../../test-support/dead-letter.js';
import { useTestEngine } from '../../test-support/use-test-engine.js';
import { createForwardingStore } from './forwarding-store.js';

const HOOK = 'https://hooks.example/dead';
const TOPIC = 'kafka://kafka.example/dead';
/** Those of the client that the dead letters of these tests are of. */
const [HOOK_QUEUE, TOPIC_QUEUE] = [`shop ${HOOK}`, `shop ${TOPIC}`];
const LEASE_MS = 60_000;

const engine = useTestEngine();
const storeWith = (forwardedRetentionMs: number, forwardLeaseMs = LEASE_MS) =>
  createForwardingStore(engine.engine, { forwardLeaseMs, forwardedRetentionMs });
const first = <T>([one]: readonly T[]): T => one as T;
const ids = ({ taken }: Awaited<ReturnType<ReturnType<typeof storeWith>['take']>>) =>
  taken.map(({ letter }) => letter.taskId);

/** As if a lease's length had passed since they were taken. */
async function endLeases(destination: string): Promise<void> {
  const redis = engine.redis as Redis;
  const entries = await redis.xrange(engine.keys.dlq, '-', '+');
  const taken = entries.map(([id]) => id);
  await redis.xclaim(engine.keys.dlq, 'forwarders', destination, 0, ...taken, 'IDLE', LEASE_MS, 'JUSTID');
}

describe('sort', () => {
  test('hands what is for outside to the queue of its client and destination, and is done with what is for a bucket', async () => {
    const store = storeWith(60_000);
    await deadLetter(engine, 'bucket');
    const forHook = [await deadLetter(engine, HOOK), await deadLetter(engine, HOOK)];
    const forTopic = await deadLetter(engine, TOPIC);
    expect(await store.sort(0)).toEqual([HOOK_QUEUE, TOPIC_QUEUE]);
    expect(await store.sort(0)).toEqual([]);
    expect(await store.waiting(0)).toMatchObject([
      { queue: HOOK_QUEUE, count: 2 },
      { queue: TOPIC_QUEUE, count: 1 },
    ]);
    expect(ids(await store.take(0, HOOK_QUEUE, 10))).toEqual(forHook);
    expect(ids(await store.take(0, TOPIC_QUEUE, 10))).toEqual([forTopic]);
    expect(await engine.redis.xlen(engine.keys.dlq)).toBe(4);
  });

  test('leaves no key behind where nothing was dead-lettered', async () => {
    const store = storeWith(60_000);
    expect(await store.sort(0)).toEqual([]);
    expect(await store.waiting(0)).toEqual([]);
    expect(await store.take(0, HOOK_QUEUE, 1)).toEqual({ taken: [], more: false });
    await store.removeForwarded(0);
    expect(await engine.redis.exists(engine.keys.dlq)).toBe(0);
  });

  test('goes through more than fits into one script', async () => {
    for (let i = 0; i < 70; i++) await deadLetter(engine, i % 10 === 0 ? HOOK : 'bucket');
    const store = storeWith(60_000);
    await store.sort(0);
    expect(await store.waiting(0)).toMatchObject([{ queue: HOOK_QUEUE, count: 7 }]);
  });
});

describe('take', () => {
  test('gives each dead letter to one, the oldest first, until its lease is over', async () => {
    const store = storeWith(60_000);
    const all = [
      await deadLetter(engine, HOOK),
      await deadLetter(engine, HOOK),
      await deadLetter(engine, HOOK),
    ];
    await store.sort(0);
    const first = await store.take(0, HOOK_QUEUE, 2);
    expect([ids(first), first.more]).toEqual([all.slice(0, 2), true]);
    const second = await store.take(0, HOOK_QUEUE, 2);
    expect([ids(second), second.more]).toEqual([all.slice(2), false]);
    expect(ids(await store.take(0, HOOK_QUEUE, 2))).toEqual([]);
    await endLeases(HOOK_QUEUE);
    const again = await store.take(0, HOOK_QUEUE, 3);
    expect(ids(again)).toEqual(all);
    expect(again.taken.map(({ tries }) => tries)).toEqual([2, 2, 2]);
  });

  test('stops at a megabyte of payloads, at least one dead letter in', async () => {
    const store = storeWith(60_000);
    for (let i = 0; i < 3; i++) await deadLetter(engine, HOOK, 'x'.repeat(1_048_576));
    await store.sort(0);
    const batch = await store.take(0, HOOK_QUEUE, 3);
    expect([batch.taken.length, batch.more]).toEqual([2, true]);
    expect(batch.taken[0]?.letter.payload.length).toBe(1_048_576);
  });

  test('forgets what was removed from the stream', async () => {
    const store = storeWith(60_000);
    await deadLetter(engine, HOOK);
    await store.sort(0);
    const [entry] = await engine.redis.xrange(engine.keys.dlq, '-', '+');
    await engine.redis.xdel(engine.keys.dlq, entry?.[0] as string);
    expect(ids(await store.take(0, HOOK_QUEUE, 1))).toEqual([]);
    expect(await store.waiting(0)).toEqual([]);
  });
});

describe('settle', () => {
  test('what was forwarded waits no more, stays for its retention and is then removed', async () => {
    const store = storeWith(60_000);
    await deadLetter(engine, HOOK);
    await store.sort(0);
    const { taken } = await store.take(0, HOOK_QUEUE, 1);
    await store.settle(0, HOOK_QUEUE, [{ taken: first(taken), againInMs: undefined }]);
    expect(await store.waiting(0)).toEqual([]);
    await store.removeForwarded(0);
    expect(await engine.redis.xlen(engine.keys.dlq)).toBe(1);
    await storeWith(0).removeForwarded(0);
    expect(await engine.redis.exists(engine.keys.forwarded)).toBe(0);
    expect(await engine.redis.xlen(engine.keys.dlq)).toBe(0);
    expect(await engine.redis.exists(`${engine.keys.deadLetterPrefix}shop`)).toBe(0);
  });

  test('what failed can be taken again when its time has come', async () => {
    const store = storeWith(60_000, 600_000);
    const all = [await deadLetter(engine, HOOK), await deadLetter(engine, HOOK)];
    await store.sort(0);
    const { taken } = await store.take(0, HOOK_QUEUE, 2);
    await store.settle(0, HOOK_QUEUE, [
      { taken: first(taken), againInMs: 0 },
      { taken: first(taken.slice(1)), againInMs: 500_000 },
    ]);
    expect(ids(await store.take(0, HOOK_QUEUE, 2))).toEqual(all.slice(0, 1));
  });

  test('what somebody else has taken since is left to them when it failed, and done when it was sent', async () => {
    const late = storeWith(60_000, 0);
    const store = storeWith(60_000, 600_000);
    await deadLetter(engine, HOOK);
    await late.sort(0);
    const { taken } = await late.take(0, HOOK_QUEUE, 1);
    const others = await late.take(0, HOOK_QUEUE, 1);
    expect(others.taken[0]?.tries).toBe(2);
    await store.settle(0, HOOK_QUEUE, [{ taken: first(taken), againInMs: 0 }]);
    expect(ids(await store.take(0, HOOK_QUEUE, 1))).toEqual([]);
    await store.settle(0, HOOK_QUEUE, [{ taken: first(taken), againInMs: undefined }]);
    await store.settle(0, HOOK_QUEUE, [{ taken: first(others.taken), againInMs: undefined }]);
    expect(await engine.redis.zcard(engine.keys.forwarded)).toBe(1);
    expect(await store.waiting(0)).toEqual([]);
  });
});
