import { globalKeys, type RedisConnection } from '@boomerang/redis';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { startClientsOnRedis } from '../../../test-support/clients-on-redis.js';
import { printed } from '../../../test-support/printed.js';
import { printLimits, resetLimits, setLimit } from './client-limits.js';
import { printAudit } from './print-audit.js';

let redis: RedisConnection;
let env: Record<string, string>;
let stop: () => Promise<void>;
beforeAll(async () => {
  ({ redis, env, stop } = await startClientsOnRedis());
});
afterAll(() => stop());
afterEach(() => vi.restoreAllMocks());

const own = async () => JSON.parse(await printed(() => printLimits(env, 'shop', { json: true })));

test('a client is given limits of its own, is shown them, and loses them again', async () => {
  await setLimit(env, 'shop', 'registrations-per-second', '50');
  await setLimit(env, 'shop', 'parked-tasks', '0');
  expect(await own()).toEqual({
    clientId: 'shop',
    own: { registrationsPerSecond: 50, parkedTasks: 0 },
  });
  const table = await printed(() => printLimits(env, 'shop', {}));
  expect(table).toMatch(/^registrations-per-second +50 +10000 +tasks a second$/m);
  expect(table).toMatch(/^payload-bytes +- +1048576 +bytes$/m);
  await resetLimits(env, 'shop', 'parked-tasks');
  expect(await own()).toEqual({ clientId: 'shop', own: { registrationsPerSecond: 50 } });
  await resetLimits(env, 'shop');
  expect(await own()).toEqual({ clientId: 'shop', own: {} });
});

test.each([
  ['speed', '1', 'limit: "speed" is none; allowed: registrations-per-second, '],
  ['parked-tasks', '-1', 'parked-tasks: "-1" can\'t be used; allowed: 0 to 1000000000 (tasks)'],
  ['parked-tasks', '1e3', 'parked-tasks: "1e3" can\'t be used'],
  ['payload-bytes', '1048577', 'payload-bytes: "1048577" can\'t be used; allowed: 0 to 1048576 (bytes)'],
])('%s = %s is refused with what is allowed', async (limit, value, message) => {
  await expect(setLimit(env, 'shop', limit, value)).rejects.toThrow(message);
});

test('a client that is not there is given nothing', async () => {
  await expect(setLimit(env, 'nobody', 'parked-tasks', '1')).rejects.toThrow('there is no client nobody');
});

test('what an operator changes is in the audit log, before and after, with who did it', async () => {
  await redis.del(globalKeys.audit);
  await setLimit(env, 'shop', 'parked-tasks', '7');
  await expect(setLimit(env, 'nobody', 'parked-tasks', '7')).rejects.toThrow();
  const lines = (await printed(() => printAudit(env, {}))).trimEnd().split('\n');
  const entries = lines.map((line) => JSON.parse(line));
  expect(entries.map(({ action, clientId, outcome }) => [action, clientId, outcome])).toEqual([
    ['limits.set', 'shop', 'begun'],
    ['limits.set', 'shop', 'ok'],
    ['limits.set', 'nobody', 'begun'],
    ['limits.set', 'nobody', 'not_found'],
  ]);
  expect(entries[0]).toMatchObject({ details: { parkedTasks: '7' }, from: expect.stringMatching(/.@./) });
  const ofShop = await printed(() => printAudit(env, { client: 'shop' }));
  expect(ofShop.trimEnd().split('\n')).toHaveLength(2);
});
