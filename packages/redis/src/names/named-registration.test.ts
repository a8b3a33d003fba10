import { type NewTask, partitionOf, type RegisteredTask } from '@boomerang/domain';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openGateway, type TestGateway } from '../../test-support/gateways.js';
import { aPolicy, aTask } from '../../test-support/test-engine.js';
import { useTestEngine } from '../../test-support/use-test-engine.js';
import { globalKeys, partitionKeys } from '../partitions/keys.js';

const engine = useTestEngine({ partitions: 4 });
let [one, other]: TestGateway[] = [];
beforeEach(async () => {
  [one, other] = [await openGateway(engine.server), await openGateway(engine.server)];
});
afterEach(() => {
  one?.close();
  other?.close();
});

const policy = aPolicy();
function register(gateway: TestGateway | undefined, key: string, task = {}, clientId = 'shop') {
  const request: NewTask = { ...aTask({ delayMs: 60_000, ...task }), idempotencyKey: key };
  return (gateway as TestGateway).tasks.register(clientId, policy, request);
}

/** Ids of all tasks that wait in any due index. */
async function parked(): Promise<string[]> {
  const all = await Promise.all(partitionKeys(8).map(({ due }) => engine.redis.zrange(due, '0', '-1')));
  return all.flat();
}

test('the same key with the same content is the same task, due at the same time, whichever gateway is asked', async () => {
  const first = await register(one, 'order-7');
  const before = await engine.now();
  expect(await register(one, 'order-7')).toEqual(first);
  expect(await register(other, 'order-7')).toEqual(first);
  expect(first.scheduledTimeMs).toBeLessThan(before + 60_000 + 1);
  expect(await parked()).toEqual([first.taskId]);
  expect(one?.outcomes).toEqual(['new', 'repeated']);
  expect(await one?.tasks.get('shop', first.taskId)).toMatchObject({ state: 'scheduled' });
});

test.each([
  ['payload', { payload: 'another' }],
  ['delay', { delayMs: 59_999 }],
  ['interval', { repeatIntervalMs: 1_000 }],
])('the same key with another %s is refused, and changes nothing', async (_, change) => {
  const first = await register(one, 'order-7');
  await expect(register(other, 'order-7', change)).rejects.toMatchObject({
    code: 'key_reused',
    message: expect.stringMatching(/^idempotencyKey: it came before with another payload, delay or interval/),
  });
  expect(other?.outcomes).toEqual(['key_reused']);
  expect(await parked()).toEqual([first.taskId]);
  expect(await register(other, 'order-7')).toEqual(first);
});

test('two clients have the same key for different tasks', async () => {
  const [shop, rival] = [
    await register(one, 'order-7'),
    await register(one, 'order-7', { payload: 'x' }, 'rival'),
  ];
  expect(shop?.taskId).not.toBe(rival?.taskId);
  expect(await register(other, 'order-7')).toEqual(shop);
  expect(await register(other, 'order-7', { payload: 'x' }, 'rival')).toEqual(rival);
});

test('a key in another session, with another policy, is the same task', async () => {
  const first = await register(one, 'order-7');
  const request = { ...aTask({ delayMs: 60_000 }), idempotencyKey: 'order-7' };
  expect(await other?.tasks.register('shop', aPolicy(), request)).toEqual(first);
});

test('hundreds of keys, each contested on two gateways at once and several times on each, are one task each', async () => {
  const keys = Array.from({ length: 400 }, (_, n) => `order-${n}`);
  const registered = await Promise.all(
    keys.map((key) => Promise.all([one, other, one, other, other].map((gateway) => register(gateway, key)))),
  );
  for (const [first, ...others] of registered) {
    for (const repeated of others) expect(repeated).toEqual(first);
  }
  const ids = registered.map(([first]) => (first as RegisteredTask).taskId);
  expect((await parked()).sort()).toEqual(ids.sort());
  const outcomes = [...(one?.outcomes ?? []), ...(other?.outcomes ?? [])];
  // Who reserves a name is not always who registers its task.
  expect(outcomes.filter((outcome) => outcome === 'repeated')).toHaveLength(4 * 400);
});

test('gateways that know different partition counts never both take a name', async () => {
  await engine.redis.sadd(globalKeys.partitionHistory, 4, 8);
  await engine.redis.set(globalKeys.partitions, 8);
  const young = await openGateway(engine.server);
  const keys = Array.from({ length: 400 }, (_, n) => `order-${n}`);
  const registered = await Promise.all(
    keys.map((key) => Promise.all([one, young, young, one].map((gateway) => register(gateway, key)))),
  );
  for (const [first, ...others] of registered) {
    for (const repeated of others) expect(repeated).toEqual(first);
  }
  const partitions = registered.map(([first]) => partitionOf(first?.taskId ?? ''));
  expect(new Set(partitions)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7]));
  expect(await parked()).toHaveLength(400);
  young.close();
});

test('keys hold every character that is allowed, and each is another one', async () => {
  const keys = Array.from({ length: 0x500 }, (_, code) => String.fromCodePoint(code)).filter(
    (character) => !/\p{Cc}/u.test(character),
  );
  keys.push('x'.repeat(127), 'x'.repeat(128), `${'x'.repeat(127)}y`, 'e\u0301', '{1bz}', '\ufeff', '🪃');
  const tasks = await Promise.all(keys.map((key) => register(one, key)));
  expect(new Set(tasks.map(({ taskId }) => taskId)).size).toBe(keys.length);
  expect(await Promise.all(keys.map((key) => register(other, key)))).toEqual(tasks);
});

test('nothing of a key, and nothing of a content that could be guessed, is kept with a name', async () => {
  const { taskId } = await register(one, 'secret-key', { payload: 'secret-payload' });
  await one?.tasks.cancel('shop', taskId);
  const dump = await Promise.all(
    (await engine.redis.keys('*')).map(async (key) => `${key} ${await engine.redis.dump(key)}`),
  );
  expect(dump.join()).toContain(taskId);
  expect(dump.join()).not.toMatch(/secret/);
});

test('a registration without a key reserves nothing', async () => {
  await one?.tasks.register('shop', policy, aTask({ delayMs: 60_000 }));
  const names = engine.partitions.map(({ reservationPrefix }) => reservationPrefix);
  const found = await engine.redis.keys('*');
  expect(found.filter((key) => names.some((prefix) => key.startsWith(prefix)))).toEqual([]);
});

test('the keyspace is named by tags, so that each script is one slot of a Cluster', async () => {
  await register(one, 'order-7');
  const tags = partitionKeys(4).map(({ due }) => due.slice(0, due.indexOf('}') + 1));
  const keys = (await engine.redis.keys('*')).filter((key) => key.startsWith('{'));
  expect(keys.length).toBeGreaterThan(6);
  for (const key of keys) expect(tags).toContain(key.slice(0, key.indexOf('}') + 1));
});
