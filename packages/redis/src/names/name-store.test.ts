import type { NewTask } from '@boomerang/domain';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openGateway, type TestGateway } from '../../test-support/gateways.js';
import { aPolicy, aTask, claimOne, DELIVERED, failAll } from '../../test-support/test-engine.js';
import { useTestEngine } from '../../test-support/use-test-engine.js';
import type { RunScript } from '../engine/scripts.js';
import { REGISTER_WITHIN_MS } from './name-fate.js';
import { createNameStore } from './name-store.js';

const LIFETIME_MS = 1_000;

const engine = useTestEngine();
let gateway: TestGateway;
beforeEach(async () => {
  gateway = await openGateway(engine.server, { idempotencyRetentionMs: LIFETIME_MS });
});
afterEach(() => gateway.close());

const policy = aPolicy();
function register(key = 'order-7', task = {}) {
  const request: NewTask = { ...aTask(task), idempotencyKey: key };
  return gateway.tasks.register('shop', policy, request);
}

/** As if it were time to check every name. */
async function checkAll(run: RunScript = engine.run, partitions = engine.partitions) {
  const { names } = engine.keys;
  for (const member of await engine.redis.zrange(names, '0', '-1')) {
    await engine.redis.zadd(names, 'XX', 0, member);
  }
  return createNameStore({ run, partitions }).sweep(0);
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const reservations = () => engine.redis.keys(`${engine.keys.reservationPrefix}*`);
const receipts = () => engine.redis.keys(`${engine.keys.receiptPrefix}*`);
async function restOfReservation(): Promise<number> {
  const [key = ''] = await reservations();
  return engine.redis.pttl(key);
}

/** As if its name had been reserved, and asked for the last time, so long ago. */
async function age(ms: number): Promise<void> {
  const [key = ''] = await reservations();
  const reserved = Buffer.alloc(6);
  reserved.writeUIntBE(Math.floor(await engine.now()) - ms, 0, 6);
  await engine.redis.setrange(key, 1, reserved);
}

const ENDS: readonly [string, (taskId: string) => Promise<unknown>][] = [
  [
    'delivered',
    async () => {
      const occurrence = await claimOne(engine);
      return engine.occurrences.settle(0, [{ occurrence, settlement: DELIVERED }]);
    },
  ],
  ['cancelled', (taskId) => engine.tasks.cancel('shop', taskId)],
  ['dead-lettered', () => failAll(engine)],
];

test.each(ENDS)(
  'the key of a task that was %s stands for it for the lifetime, and then for the next task',
  async (_, end) => {
    const task = await register();
    await end(task.taskId);
    await engine.redis.del(engine.keys.recordPrefix + task.taskId);
    expect(await register()).toEqual(task);
    expect(await checkAll()).toEqual({ kept: 1, more: false });
    expect(await restOfReservation()).toBeGreaterThan(LIFETIME_MS - 500);
    expect(await checkAll()).toEqual({ kept: 1, more: false });
    expect(await register()).toEqual(task);
    expect(await restOfReservation()).toBeLessThanOrEqual(LIFETIME_MS);
    expect(await engine.redis.zcard(engine.keys.due)).toBe(0);

    await sleep(LIFETIME_MS + 50);
    const next = await register();
    expect(next.taskId).not.toBe(task.taskId);
    expect(gateway.outcomes).toEqual(['new', 'repeated', 'repeated', 'new']);
    expect(await engine.redis.zrange(engine.keys.due, '0', '-1')).toEqual([next.taskId]);

    expect(await checkAll()).toEqual({ kept: 1, more: false });
    expect(await receipts()).toEqual([engine.keys.receiptPrefix + next.taskId]);
    expect(await register()).toEqual(next);
  },
);

test('a key that is asked for all the time ends with its lifetime all the same', async () => {
  const task = await register();
  await engine.tasks.cancel('shop', task.taskId);
  const askedMeanwhile: RunScript = async (name, ...rest) => {
    if (name === 'settle-names') await register();
    return engine.run(name, ...rest);
  };
  await checkAll(askedMeanwhile);
  expect(await restOfReservation()).toBeGreaterThan(0);
});

test('the key of a task that lives is kept, however old it is', async () => {
  const task = await register('beat', { delayMs: 50, repeatIntervalMs: 60_000 });
  await age(400 * 86_400_000);
  for (let i = 0; i < 3; i++) expect(await checkAll()).toEqual({ kept: 1, more: false });
  expect(await restOfReservation()).toBe(-1);
  expect(await register('beat', { delayMs: 50, repeatIntervalMs: 60_000 })).toEqual(task);
});

test('a name whose task was never registered is free again only when it can not be registered any more', async () => {
  gateway.failNext('register-named', 'before');
  await expect(register()).rejects.toMatchObject({ code: 'outcome_unknown' });
  await age(2 * REGISTER_WITHIN_MS - 5_000);
  expect(await checkAll()).toEqual({ kept: 1, more: false });
  expect(await reservations()).toHaveLength(1);
  await age(2 * REGISTER_WITHIN_MS);
  expect(await checkAll()).toEqual({ kept: 0, more: false });
  expect((await engine.redis.keys('*')).sort()).toEqual(['boomerang:formats', 'boomerang:partitions']);
  await register();
  expect(gateway.outcomes).toEqual(['failed', 'new']);
});

test('a name that is asked for while it is given up stays', async () => {
  gateway.failNext('register-named', 'before');
  await expect(register()).rejects.toMatchObject({ code: 'outcome_unknown' });
  await age(3 * REGISTER_WITHIN_MS);
  let repeated: Awaited<ReturnType<typeof register>> | undefined;
  const inBetween: RunScript = async (name, ...rest) => {
    if (name === 'settle-names') repeated = await register();
    return engine.run(name, ...rest);
  };
  expect(await checkAll(inBetween)).toEqual({ kept: 1, more: false });
  expect(await register()).toEqual(repeated);
  expect(gateway.outcomes).toEqual(['failed', 'finished', 'repeated']);
});

test.each(['check-named', 'settle-names'] as const)(
  'a check that dies at %s is made again, at every stage of a name',
  async (script) => {
    const dying =
      (when: 'before' | 'after'): RunScript =>
      async (name, ...rest) => {
        if (name === script && when === 'before') throw new Error('killed');
        const reply = await engine.run(name, ...rest);
        if (name === script) throw new Error('killed');
        return reply;
      };
    const checkWithDeaths = async () => {
      for (const when of ['before', 'after'] as const) {
        await expect(checkAll(dying(when))).rejects.toThrow('killed');
      }
      return checkAll();
    };
    const task = await register();
    await checkWithDeaths();
    await engine.tasks.cancel('shop', task.taskId);
    expect(await checkWithDeaths()).toEqual({ kept: 1, more: false });
    expect(await register()).toEqual(task);
    await sleep(LIFETIME_MS + 50);
    expect(await reservations()).toEqual([]);
    expect((await checkWithDeaths()).kept).toBe(0);
    expect(await receipts()).toEqual([]);
  },
);

test('names that this process can not judge are left to others', async () => {
  const task = await register();
  await engine.tasks.cancel('shop', task.taskId);
  // Of a partition that it doesn't know.
  const elsewhere = `${task.taskId.slice(0, 15)}fff${task.taskId.slice(18)}`;
  const member = `${'n'.repeat(22)}:${elsewhere}`;
  await engine.redis.zadd(engine.keys.names, 0, member);
  // Of a newer release.
  const [key = ''] = await reservations();
  await engine.redis.set(key, '\x63 of the future');
  expect(await checkAll()).toEqual({ kept: 2, more: false });
  expect(await engine.redis.pttl(key)).toBe(-1);
  expect(await receipts()).toHaveLength(1);
  expect((await createNameStore(engine.engine).sweep(0)).more).toBe(false);
});

test('a Redis that is full lets names go', async () => {
  const task = await register();
  await engine.tasks.cancel('shop', task.taskId);
  const [member = ''] = await engine.redis.zrange(engine.keys.names, '0', '-1');
  await engine.redis.zadd(engine.keys.names, 0, member);
  await engine.redis.config('SET', 'maxmemory', '1');
  await createNameStore(engine.engine).sweep(0);
  await engine.redis.config('SET', 'maxmemory', '0');
  expect(await restOfReservation()).toBeGreaterThan(0);
});

test('many names are checked in several steps', async () => {
  await Promise.all(Array.from({ length: 250 }, (_, n) => register(`order-${n}`, { delayMs: 60_000 })));
  expect(await checkAll()).toEqual({ kept: 250, more: true });
  expect(await createNameStore(engine.engine).sweep(0)).toEqual({ kept: 250, more: false });
  expect(await createNameStore(engine.engine).sweep(0)).toEqual({ kept: 250, more: false });
});
