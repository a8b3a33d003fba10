import {
  connectRedis,
  createClientDirectory,
  createDaemonRegistry,
  createSessionStore,
  loadPartitionMap,
  loadScripts,
  type RedisConnection,
} from '@boomerang/redis';
import { type RedisServer, startRedisServer } from '@boomerang/redis-server';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { printed } from '../../../test-support/printed.js';
import { printClients } from './list-clients.js';
import { printDaemons } from './list-daemons.js';
import { addClientKey, createClient } from './make-key.js';
import { describeReceipt, removeClientWithReceipt } from './remove-client.js';
import { revokeClientKey } from './revoke-key.js';
import { printClient } from './show-client.js';

const PEPPER = 'a pepper of some length';
const KEY = /^bmr_[0-9a-f]{16}_[0-9a-f]{64}\n$/;

let server: RedisServer;
let redis: RedisConnection;
let env: Record<string, string>;
beforeAll(async () => {
  server = await startRedisServer();
  redis = await connectRedis({ url: server.url, name: 'test' });
  env = { BOOMERANG_REDIS_URL: server.url, BOOMERANG_KEY_PEPPER: PEPPER };
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});
beforeEach(() => redis.flushall());
afterEach(() => vi.restoreAllMocks());

const authenticate = (key: string) => createClientDirectory(redis, PEPPER).authenticate(key.trim());
const keyIdOf = (key: string) => key.split('_')[1] as string;

const rows = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/ {2,}/));

test('keys are printed once when they are made, and may only be used for what was asked', async () => {
  const first = await printed(() => createClient(env, 'shop', {}));
  const admin = await printed(() => addClientKey(env, 'shop', { permissions: 'read,admin', keyName: 'ops' }));
  for (const key of [first, admin]) expect(key).toMatch(KEY);
  expect(await authenticate(first)).toMatchObject({ permissions: ['register', 'read', 'manage', 'execute'] });
  expect(await authenticate(admin)).toMatchObject({ permissions: ['read', 'admin'] });
  await expect(createClient(env, 'other', { permissions: 'root' })).rejects.toThrow(/^--permissions: "root"/);
  expect(await printed(() => printClients(env, { json: true }))).not.toContain('other');
});

test('clients are listed, and one is shown with its keys', async () => {
  await printed(() => createClient(env, 'another', {}));
  const first = await printed(() => createClient(env, 'shop', { keyName: 'web', expires: '90d' }));
  await printed(() => addClientKey(env, 'shop', { permissions: 'read' }));
  await createClientDirectory(redis, PEPPER).noteUse(keyIdOf(first));

  const listed = rows(await printed(() => printClients(env, {})));
  expect(listed.map((row) => [row[0], row[2], row[4]])).toEqual([
    ['CLIENT', 'KEYS', 'STATE'],
    ['another', '1', 'in use'],
    ['shop', '2', 'in use'],
  ]);
  expect(listed.map((row) => row[3] === 'never')).toEqual([false, true, false]);

  const shown = await printed(() => printClient(env, 'shop', {}));
  expect(shown).toMatch(/^client {2,}shop\ncreated {2,}\S+Z\nstate {2,}in use\n/);
  expect(shown).toMatch(
    new RegExp(`^${keyIdOf(first)} +web +register,read,manage,execute .*good until \\S+Z$`, 'm'),
  );
  const [json] = (await printed(() => printClient(env, 'shop', { json: true }))).split('\n');
  expect(JSON.parse(json as string)).toMatchObject({ clientId: 'shop', tasks: 0, deadLetters: 0 });
  expect(shown + json).not.toContain(first.trim().slice(-64));
  await expect(printClient(env, 'nobody', {})).rejects.toThrow('there is no client nobody');
});

test('daemons of a client are listed with their labels; looking changes nothing', async () => {
  await printed(() => createClient(env, 'shop', {}));
  expect(await printed(() => printDaemons(env, 'shop', { json: true }))).toBe('');
  expect(await redis.exists('boomerang:partitions')).toBe(0);
  await expect(printDaemons(env, 'nobody', {})).rejects.toThrow('there is no client nobody');
  const map = await loadPartitionMap(redis, 2);
  const registry = createDaemonRegistry(
    loadScripts(redis),
    map,
    {} as Parameters<typeof createDaemonRegistry>[2],
  );
  const hello = {
    clientId: 'shop',
    daemonId: 'd1',
    instanceId: 'i1',
    version: '1.1',
    types: ['*'],
    slots: 4,
  };
  await registry.enter({ ...hello, labels: { rack: '7\u001b' } }, 's1');
  expect(rows(await printed(() => printDaemons(env, 'shop', {})))).toEqual([
    ['DAEMON', 'INSTANCE', 'VERSION', 'TYPES', 'HAS', 'SLOTS', 'STATE', 'LABELS'],
    ['d1', 'i1', '1.1', '*', '0', '4', 'connected', 'rack=7\ufffd'],
  ]);
});

test('a key is revoked by its id, or by itself where it has leaked', async () => {
  const one = await printed(() => createClient(env, 'shop', {}));
  const other = await printed(() => addClientKey(env, 'shop', {}));
  await revokeClientKey(env, 'shop', keyIdOf(one));
  expect(await authenticate(one)).toBeUndefined();
  expect(await authenticate(other)).toBeDefined();
  await revokeClientKey(env, 'shop', other.trim());
  expect(await authenticate(other)).toBeUndefined();
  expect(await printed(() => printClient(env, 'shop', {}))).toMatch(/revoked \S+Z\n.*revoked \S+Z\n$/);
  await expect(revokeClientKey(env, 'shop', keyIdOf(one))).rejects.toThrow('was revoked before');
});

test('a client is removed with a receipt', async () => {
  const key = await printed(() => createClient(env, 'shop', {}));
  const authenticated = await authenticate(key);
  const policy = {
    callback: undefined,
    retry: { maxAttempts: 1, strategy: 'FIXED', intervalMs: 1, maxIntervalMs: 1 },
    dlq: { destination: 'x' },
  } as const;
  await createSessionStore(redis, 60_000).open(authenticated as NonNullable<typeof authenticated>, policy);
  expect(await printed(() => removeClientWithReceipt(env, 'shop', {}))).toBe(
    'client shop is removed\n  keys: 1\n  sessions: 1\n  signing secrets: 0\n  tasks cancelled: 0\n  dead letters purged: 0\n',
  );
  expect(await authenticate(key)).toBeUndefined();
  // A service has to find it as it finds an empty Redis.
  expect(await redis.exists('boomerang:partitions')).toBe(0);
});

test('a receipt tells what may still come, what never got anywhere, and what was done before', () => {
  const counts = { keys: 0, sessions: 0, signingSecrets: 1, tasks: 9, deadLetters: 8 };
  const receipt = { ...counts, attemptsUnderWay: 2, notForwarded: 3, begunAt: '2026-11-22T10:00:00.000Z' };
  expect(describeReceipt('shop', receipt)).toEqual([
    'client shop is removed',
    '  the removal was begun at 2026-11-22T10:00:00.000Z; what follows is what was left to do',
    '  keys: 0',
    '  sessions: 0',
    '  signing secrets: 1',
    '  tasks cancelled: 9; of 2 an attempt or execution was under way, and may still have been carried out',
    '  dead letters purged: 8; 3 had not reached their destination outside',
  ]);
});
