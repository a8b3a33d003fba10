import { DEFAULT_PERMISSIONS } from '@boomerang/domain';
import { beforeEach, expect, test, vi } from 'vitest';
import { useTestEngine } from '../../test-support/use-test-engine.js';
import { globalKeys } from '../partitions/keys.js';
import { createClientDirectory } from './client-directory.js';
import { createClientStore } from './client-store.js';
import { hmacUnder } from './key-hmac.js';
import { listClients } from './read-clients.js';
import { revokeKey } from './revoke-key.js';
import { showClient } from './show-client.js';
import { REMEMBERED_MS } from './stored-client.js';

const PEPPER = 'a pepper of some length';

const engine = useTestEngine();
beforeEach(() => directory().create('shop'));

const directory = () => createClientDirectory(engine.redis, PEPPER);
const store = () => createClientStore(engine.redis, PEPPER);
const keyIdOf = (key: string) => key.split('_')[1] as string;
const ttlOf = (key: string) => engine.redis.pttl(globalKeys.clientKey(keyIdOf(key)));

test('a key may be used for what it was given, and for all but admin by default', async () => {
  const plain = await directory().addKey('shop');
  const reader = await directory().addKey('shop', { permissions: ['read'] });
  const admin = await directory().addKey('shop', { permissions: ['admin', 'read'] });
  expect(await store().authenticate(plain)).toEqual({
    clientId: 'shop',
    keyId: keyIdOf(plain),
    permissions: ['register', 'read', 'manage', 'execute'],
  });
  expect(await store().authenticate(reader)).toMatchObject({ permissions: ['read'] });
  expect(await store().permissionsNow('shop', keyIdOf(admin))).toEqual(['read', 'admin']);
});

test("an older release's key works with what keys may be used for by default", async () => {
  const secret = 's'.repeat(64);
  const stored = { clientId: 'shop', hmac: hmacUnder(PEPPER)(secret).toString('hex') };
  await engine.redis.set(globalKeys.clientKey('old'), JSON.stringify(stored));
  expect(await store().authenticate(`bmr_old_${secret}`)).toMatchObject({ permissions: DEFAULT_PERMISSIONS });
  expect(await store().permissionsNow('shop', 'old')).toEqual(DEFAULT_PERMISSIONS);
  const [client] = await listClients(engine.redis);
  expect(client?.keys).toEqual([{ keyId: 'old', name: '', permissions: DEFAULT_PERMISSIONS }]);
  await revokeKey(engine.redis, 'shop', 'old');
  expect(await store().authenticate(`bmr_old_${secret}`)).toBeUndefined();
});

test("a permission that only a newer release knows is none of this one's", async () => {
  const key = await directory().addKey('shop');
  const place = globalKeys.clientKey(keyIdOf(key));
  const stored = JSON.parse((await engine.redis.get(place)) as string);
  await engine.redis.set(place, JSON.stringify({ ...stored, permissions: ['read', 'fly'] }));
  expect(await store().authenticate(key)).toMatchObject({ permissions: ['read'] });
});

test("a revoked key is good for nothing, and its client's others go on", async () => {
  const [key, other] = [await directory().addKey('shop'), await directory().addKey('shop')];
  await revokeKey(engine.redis, 'shop', keyIdOf(key));
  expect(await store().authenticate(key)).toBeUndefined();
  expect(await store().permissionsNow('shop', keyIdOf(key))).toBeUndefined();
  expect(await store().permissionsNow('shop', keyIdOf(other))).toEqual(DEFAULT_PERMISSIONS);
  expect(await store().permissionsNow('shop', undefined)).toEqual(DEFAULT_PERMISSIONS);
});

test('a revoked key can not be given again while a session of it may live, not by an older release either', async () => {
  const given = `bmr_given_${'s'.repeat(64)}`;
  await directory().addKey('shop', { key: given, expiresAtMs: Math.round(await engine.now()) + 60_000 });
  await revokeKey(engine.redis, 'shop', 'given');
  await expect(directory().addKey('shop', { key: given })).rejects.toThrow('key id given exists already');
  expect(await ttlOf(given)).toBeGreaterThan(REMEMBERED_MS - 60_000);
  // An older release looks at nothing else.
  const stored = JSON.parse((await engine.redis.get(globalKeys.clientKey('given'))) as string);
  expect(stored.hmac).toMatch(/^[0-9a-f]{64}$/);
  expect(stored.hmac).not.toBe(hmacUnder(PEPPER)('s'.repeat(64)).toString('hex'));
});

test('only a key of the client itself, and only once, can be revoked', async () => {
  await directory().create('rival');
  const key = keyIdOf(await directory().addKey('shop'));
  await expect(revokeKey(engine.redis, 'rival', key)).rejects.toThrow(`client rival has no key ${key}`);
  await expect(revokeKey(engine.redis, 'shop', 'none')).rejects.toThrow('client shop has no key none');
  await revokeKey(engine.redis, 'shop', key);
  await expect(revokeKey(engine.redis, 'shop', key)).rejects.toThrow(
    `key ${key} of client shop was revoked before`,
  );
});

test("an expired key is good for nothing, by Redis's clock", async () => {
  const key = await directory().addKey('shop', { expiresAtMs: Math.round(await engine.now()) + 300 });
  expect(await store().permissionsNow('shop', keyIdOf(key))).toBeDefined();
  await vi.waitFor(async () => expect(await store().authenticate(key)).toBeUndefined(), 3_000);
  expect(await store().permissionsNow('shop', keyIdOf(key))).toBeUndefined();
  expect((await showClient(engine.redis, 'shop')).keys).toEqual([]);
});

test.each(['gone', 'being removed'])(
  'no key of a client that is %s is good, and it gets no new one',
  async (state) => {
    const key = await directory().addKey('shop');
    const marked = JSON.stringify({ createdAt: 'then', removingSince: 'now' });
    if (state === 'gone') await engine.redis.del(globalKeys.client('shop'));
    else await engine.redis.set(globalKeys.client('shop'), marked);
    expect(await store().authenticate(key)).toBeUndefined();
    expect(await store().permissionsNow('shop', keyIdOf(key))).toBeUndefined();
    expect(await store().permissionsNow('shop', undefined)).toBeUndefined();
    await expect(directory().addKey('shop')).rejects.toThrow(
      /there is no client shop|client shop is being removed/,
    );
  },
);

test('keys that are added and revoked at the same time are each there or not, and none is both', async () => {
  const keys = await Promise.all(Array.from({ length: 20 }, () => directory().addKey('shop')));
  const revoked = keys.slice(0, 10);
  const twice = [...revoked, ...revoked].map((key) => revokeKey(engine.redis, 'shop', keyIdOf(key)));
  const [added] = await Promise.all([
    Promise.all(Array.from({ length: 10 }, () => directory().addKey('shop'))),
    Promise.allSettled(twice),
  ]);
  const good = await Promise.all([...keys, ...added].map((key) => store().authenticate(key)));
  expect(good.map(Boolean)).toEqual([...revoked.map(() => false), ...Array.from({ length: 20 }, () => true)]);
  const { keys: listed } = await showClient(engine.redis, 'shop');
  expect(
    listed
      .filter(({ revokedAt }) => revokedAt)
      .map(({ keyId }) => keyId)
      .sort(),
  ).toEqual(revoked.map(keyIdOf).sort());
});

test('clients are listed with their keys: name, permissions, last use and end, the newest first', async () => {
  await directory().create('another');
  const expiresAtMs = Math.round(await engine.now()) + 60_000;
  const named = await directory().addKey('shop', { name: 'web', permissions: ['read'], expiresAtMs });
  await new Promise((resolve) => setTimeout(resolve, 2));
  const used = await directory().addKey('shop');
  await store().noteUse(keyIdOf(used));
  await store().noteUse('unknown');
  const [another, shop] = await listClients(engine.redis);
  expect(another).toMatchObject({ clientId: 'another', keys: [] });
  expect(shop).toMatchObject({ clientId: 'shop', createdAt: expect.stringMatching(/Z$/) });
  expect(shop?.keys).toEqual([
    expect.objectContaining({ keyId: keyIdOf(used), name: '', lastUsedAt: expect.stringMatching(/Z$/) }),
    {
      keyId: keyIdOf(named),
      name: 'web',
      permissions: ['read'],
      createdAt: expect.stringMatching(/Z$/),
      expiresAt: new Date(expiresAtMs).toISOString(),
    },
  ]);
  expect(await showClient(engine.redis, 'shop')).toEqual({
    ...shop,
    tasks: 0,
    deadLetters: 0,
    signingSecrets: 0,
  });
  await expect(showClient(engine.redis, 'nobody')).rejects.toThrow('there is no client nobody');
});

test('all clients are found among very many other keys', async () => {
  const others = Array.from({ length: 20_000 }, (_, i) => [`other:${i}`, '1']).flat();
  await engine.redis.mset(...others);
  await Promise.all(Array.from({ length: 300 }, (_, i) => directory().create(`client-${i}`)));
  expect((await listClients(engine.redis)).length).toBe(301);
});
