import { expect, test } from 'vitest';
import { useTestEngine } from '../../test-support/use-test-engine.js';
import { globalKeys } from '../partitions/keys.js';
import { changeKey } from './change-key.js';
import { createClientDirectory } from './client-directory.js';
import { isWithin, requireAddressRanges } from './key-addresses.js';
import { revokeKey } from './revoke-key.js';

const engine = useTestEngine();
const directory = () => createClientDirectory(engine.redis, 'a pepper of some length');

async function aKey(expiresAtMs?: number) {
  await directory()
    .create('shop')
    .catch(() => undefined);
  const key = await directory().addKey('shop', expiresAtMs === undefined ? {} : { expiresAtMs });
  return { key, keyId: key.split('_')[1] as string };
}

test('permissions and addresses of a key are changed, each without the other, and its expiry stays', async () => {
  const { key, keyId } = await aKey(Date.now() + 60_000);
  const changed = await changeKey(engine.redis, 'shop', keyId, { permissions: ['read'] });
  expect(changed.after).toEqual({ permissions: ['read'], addresses: [] });
  expect(await directory().permissionsNow('shop', keyId)).toEqual(['read']);
  await changeKey(engine.redis, 'shop', keyId, { addresses: ['192.0.2.0/24', '2001:db8::/48'] });
  expect(await directory().authenticate(key, '192.0.2.7')).toMatchObject({ permissions: ['read'] });
  expect(await directory().authenticate(key, '2001:db8:0:1::/64')).toBeDefined();
  for (const elsewhere of ['198.51.100.7', '2001:db9:0:1::/64', '', undefined])
    expect(await directory().authenticate(key, elsewhere)).toBeUndefined();
  await changeKey(engine.redis, 'shop', keyId, { addresses: [] });
  expect(await directory().authenticate(key, '198.51.100.7')).toBeDefined();
  expect(await engine.redis.pttl(globalKeys.clientKey(keyId))).toBeGreaterThan(50_000);
});

test('a key that is revoked while it is changed stays revoked', async () => {
  const { key, keyId } = await aKey();
  const redis = new Proxy(engine.redis, {
    get(target, name) {
      const member = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return async (...args: unknown[]) => {
        // The moment between reading and writing.
        if (name === 'eval') await revokeKey(target, 'shop', keyId);
        return member.apply(target, args);
      };
    },
  });
  await expect(changeKey(redis, 'shop', keyId, { permissions: ['admin'] })).rejects.toMatchObject({
    code: 'not_found',
  });
  expect(await directory().authenticate(key)).toBeUndefined();
  expect(await directory().permissionsNow('shop', keyId)).toBeUndefined();
});

test('what there is not is not changed', async () => {
  const { keyId } = await aKey();
  await directory()
    .create('rival')
    .catch(() => undefined);
  for (const [client, key] of [
    ['rival', keyId],
    ['shop', 'nobody'],
  ] as const) {
    const change = changeKey(engine.redis, client, key, { permissions: ['read'] });
    await expect(change).rejects.toMatchObject({ code: 'not_found' });
  }
});

test.each([
  '192.0.2.0/33',
  '192.0.2',
  'shop.example',
  '2001:db8::',
  '2001:db8::/65',
  '192.0.2.0/24/8',
  '/8',
  '',
])('%j is no range', (range) => {
  expect(() => requireAddressRanges([range])).toThrow(
    /^addresses: .* is none; allowed: IPv4 addresses, and ranges/,
  );
});

test.each([
  ['192.0.2.7', '192.0.2.7', true],
  ['192.0.2.8', '192.0.2.7', false],
  ['192.0.2.7', '0.0.0.0/0', true],
  ['2001:db8:1:2::/64', '2001:db8:1:2::/64', true],
  ['2001:db8:1:3::/64', '2001:db8:1:2::/64', false],
  ['192.0.2.7', '::/0', false],
  ['no address', '0.0.0.0/0', false],
])('%s within %s: %s', (address, range, expected) => {
  requireAddressRanges([range]);
  expect(isWithin(address, [range])).toBe(expected);
});
