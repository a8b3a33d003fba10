import { expect, test } from 'vitest';
import { useTestEngine } from '../../test-support/use-test-engine.js';
import { createClientDirectory } from './client-directory.js';

const engine = useTestEngine();

const directory = (pepper = 'a pepper of some length') => createClientDirectory(engine.redis, pepper);

test("a client's key finds the client, and Redis never holds the key", async () => {
  await directory().create('shop');
  const key = await directory().addKey('shop');
  expect(key).toMatch(/^bmr_[0-9a-f]{16}_[0-9a-f]{64}$/);
  expect(await directory().authenticate(key)).toEqual({
    clientId: 'shop',
    keyId: key.split('_')[1],
    permissions: ['register', 'read', 'manage', 'execute'],
  });
  const stored = await Promise.all(
    (await engine.redis.keys('boomerang:[ck]*')).map((name) => engine.redis.get(name)),
  );
  expect(stored.length).toBe(2);
  expect(stored.join()).not.toContain(key.slice(-64));
});

test('every other key finds nobody', async () => {
  await directory().create('shop');
  const key = await directory().addKey('shop');
  const wrongSecret = `${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}`;
  const unknownId = key.replace(/^bmr_./, (start) => (start === 'bmr_0' ? 'bmr_1' : 'bmr_0'));
  for (const bad of [wrongSecret, unknownId, '', 'x', `${key} `, key.toUpperCase(), key.slice(4)]) {
    expect(await directory().authenticate(bad)).toBeUndefined();
  }
  expect(await directory('another pepper altogether').authenticate(key)).toBeUndefined();
});

test('a given key can be used, and all keys of a client work', async () => {
  const given = `bmr_dev_${'s'.repeat(32)}`;
  await directory().create('shop');
  const random = await directory().addKey('shop');
  expect(await directory().addKey('shop', { key: given })).toBe(given);
  expect(await directory().authenticate(given)).toMatchObject({ clientId: 'shop' });
  expect(await directory().authenticate(random)).toMatchObject({ clientId: 'shop' });
});

test('a client or key that exists, a bad name and a malformed key are refused with what is allowed', async () => {
  const given = `bmr_dev_${'s'.repeat(32)}`;
  await directory().create('shop');
  await directory().addKey('shop', { key: given });
  await expect(directory().create('shop')).rejects.toThrow('client shop exists already');
  await expect(directory().addKey('shop', { key: given })).rejects.toThrow('key id dev exists already');
  await expect(directory().addKey('nobody')).rejects.toThrow('there is no client nobody');
  await expect(directory().create('a b')).rejects.toThrow(
    /client: "a b" is not a client's name; allowed: 1 to 64/,
  );
  await expect(directory().addKey('shop', { key: 'bmr_x_short' })).rejects.toThrow(/allowed: bmr_<key id/);
});
