import type { NewTask } from '@boomerang/domain';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openGateway, type TestGateway } from '../../test-support/gateways.js';
import { aPolicy, aTask, claimOne, DELIVERED } from '../../test-support/test-engine.js';
import { useTestEngine } from '../../test-support/use-test-engine.js';
import { NOTICE_MS } from '../engine/engine-settings.js';
import { encodePolicy, policyArguments } from '../layout/policy-codec.js';

const DELAY_MS = 60_000;

const engine = useTestEngine();
let [dying, other]: TestGateway[] = [];
beforeEach(async () => {
  [dying, other] = [await openGateway(engine.server), await openGateway(engine.server)];
});
afterEach(() => {
  dying?.close();
  other?.close();
});

const policy = aPolicy();
function register(gateway: TestGateway | undefined, task = {}) {
  const request: NewTask = { ...aTask({ delayMs: DELAY_MS, ...task }), idempotencyKey: 'order-7' };
  return (gateway as TestGateway).tasks.register('shop', policy, request);
}
const unknown = { code: 'outcome_unknown' };

/** What the only name is reserved for. */
async function reservedId(): Promise<string> {
  const [member = ''] = await engine.redis.zrange(engine.keys.names, '0', '-1');
  return member.split(':')[1] ?? '';
}

describe('a gateway that dies', () => {
  test('before the name is reserved leaves nothing', async () => {
    dying?.failNext('reserve-names', 'before');
    await expect(register(dying)).rejects.toMatchObject(unknown);
    expect(await reservedId()).toBe('');
    const task = await register(other);
    expect(other?.outcomes).toEqual(['new']);
    expect(await engine.redis.zrange(engine.keys.due, '0', '-1')).toEqual([task.taskId]);
  });

  test.each([
    ['after the name is reserved', 'reserve-names', 'after'],
    ['before its task is registered', 'register-named', 'before'],
  ] as const)(
    '%s leaves a name without a task: the repetition registers it under the reserved id, its delay counted from then',
    async (_, script, when) => {
      dying?.failNext(script, when);
      await expect(register(dying)).rejects.toMatchObject(unknown);
      const reserved = await reservedId();
      expect(await engine.redis.zcard(engine.keys.due)).toBe(0);
      expect(await engine.tasks.get('shop', reserved)).toBeUndefined();

      await new Promise((resolve) => setTimeout(resolve, 30));
      const before = await engine.now();
      const task = await register(other);
      expect(task.taskId).toBe(reserved);
      expect(task.scheduledTimeMs).toBeGreaterThanOrEqual(before + DELAY_MS);
      expect(other?.outcomes).toEqual(['finished']);
      expect(await register(other)).toEqual(task);
      expect(await engine.redis.zcard(engine.keys.due)).toBe(1);
    },
  );

  test('after its task is registered, before the ack, has registered it: the repetition answers that task and its time', async () => {
    dying?.failNext('register-named', 'after');
    await expect(register(dying)).rejects.toMatchObject(unknown);
    const dueMs = Number(await engine.redis.zscore(engine.keys.due, await reservedId()));
    await new Promise((resolve) => setTimeout(resolve, 30));
    const task = await register(other);
    expect(task).toEqual({ taskId: await reservedId(), scheduledTimeMs: dueMs });
    expect(other?.outcomes).toEqual(['repeated']);
    expect(await engine.redis.zcard(engine.keys.due)).toBe(1);
  });

  test('half-way keeps the key for the content that it came with', async () => {
    dying?.failNext('register-named', 'before');
    await expect(register(dying)).rejects.toMatchObject(unknown);
    await expect(register(other, { payload: 'another' })).rejects.toMatchObject({ code: 'key_reused' });
    expect(await engine.redis.zcard(engine.keys.due)).toBe(0);
  });
});

test('a gateway that sleeps between its two steps finds what another one has finished, and gets its time', async () => {
  let wake: (value?: unknown) => void = () => undefined;
  dying?.holdUp('register-named', new Promise((resolve) => (wake = resolve)));
  const sleeping = register(dying);
  await expect.poll(reservedId).not.toBe('');
  const task = await register(other);
  await new Promise((resolve) => setTimeout(resolve, 30));
  wake();
  expect(await sleeping).toEqual(task);
  expect(await engine.redis.zcard(engine.keys.due)).toBe(1);
});

test('one that sleeps until the task has come and gone does not make it run again', async () => {
  let wake: (value?: unknown) => void = () => undefined;
  dying?.holdUp('register-named', new Promise((resolve) => (wake = resolve)));
  const sleeping = register(dying, { delayMs: 0 });
  await expect.poll(reservedId).not.toBe('');
  const task = await register(other, { delayMs: 0 });
  const occurrence = await claimOne(engine);
  await engine.occurrences.settle(0, [{ occurrence, settlement: DELIVERED }]);
  await engine.redis.del(engine.keys.recordPrefix + task.taskId);
  wake();
  expect(await sleeping).toEqual(task);
  expect(await engine.redis.zcard(engine.keys.due)).toBe(0);
});

test('a step that comes when the name may stand for another task registers nothing', async () => {
  const { hash, json } = encodePolicy(policy);
  const taskId = '01900000-0000-7000-8000-000000000000';
  const step = async (registerByMs: number) => {
    const task = [Math.round(registerByMs), taskId, DELAY_MS, 0, 0, 'shop', hash, '', Buffer.from('payload')];
    const args = [1_000, NOTICE_MS, ...policyArguments([{ hash, json }]), ...task];
    return engine.run('register-named', engine.keys, args);
  };
  expect(await step((await engine.now()) - 2)).toEqual([[]]);
  expect(await engine.redis.zcard(engine.keys.due)).toBe(0);
  const inTime = await step((await engine.now()) + 1_000);
  expect(inTime).toEqual([[expect.any(Number), 1]]);
  // What was registered is found, however late it is asked for.
  expect(await step(1)).toEqual([[(inTime as number[][])[0]?.[0], 0]]);
});

test('a Redis that is full takes no name; what was half done is finished when it has room', async () => {
  const full = () => engine.redis.config('SET', 'maxmemory', '1');
  const roomy = () => engine.redis.config('SET', 'maxmemory', '0');
  await full();
  await expect(register(dying)).rejects.toMatchObject({ code: 'exhausted' });
  await roomy();
  expect(await reservedId()).toBe('');

  dying?.holdUp('register-named', expect.poll(reservedId).not.toBe('').then(full));
  await expect(register(dying)).rejects.toMatchObject({ code: 'exhausted' });
  const reserved = await reservedId();
  await roomy();
  expect(await register(other)).toMatchObject({ taskId: reserved });
  expect(dying?.outcomes).toEqual(['failed', 'failed']);
  expect(other?.outcomes).toEqual(['finished']);
});

test('what only a newer release can read of a name is left to it', async () => {
  await register(dying);
  const [key = ''] = await engine.redis.keys(`${engine.keys.reservationPrefix}*`);
  await engine.redis.setrange(key, 0, '\x63');
  await expect(register(other)).rejects.toMatchObject({ code: 'unavailable' });
});
