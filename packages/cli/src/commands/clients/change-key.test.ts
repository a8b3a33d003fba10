import { createClientDirectory } from '@boomerang/redis';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { type ClientsOnRedis, startClientsOnRedis } from '../../../test-support/clients-on-redis.js';
import { printed } from '../../../test-support/printed.js';
import { changeClientKey } from './change-key.js';
import { printAudit } from './print-audit.js';
import { printClient } from './show-client.js';

let shop: ClientsOnRedis;
let keyId: string;
beforeAll(async () => {
  shop = await startClientsOnRedis();
  const key = await createClientDirectory(shop.redis, 'a pepper of some length').addKey('shop');
  keyId = key.split('_')[1] as string;
});
afterAll(() => shop.stop());
afterEach(() => vi.restoreAllMocks());

test('a key’s permissions and addresses are changed, shown, and in the audit log', async () => {
  await changeClientKey(shop.env, 'shop', keyId, { permissions: 'read, manage', addresses: '192.0.2.0/24' });
  const shown = await printed(() => printClient(shop.env, 'shop', {}));
  expect(shown).toMatch(/ADDRESSES/);
  expect(shown).toMatch(new RegExp(`^${keyId} .* read,manage +192\\.0\\.2\\.0/24 `, 'm'));
  await changeClientKey(shop.env, 'shop', keyId, { addresses: 'any' });
  expect(await printed(() => printClient(shop.env, 'shop', {}))).toMatch(/ read,manage +any /);
  const lines = (await printed(() => printAudit(shop.env, { client: 'shop' }))).trimEnd().split('\n');
  expect(JSON.parse(lines[1] as string)).toMatchObject({
    action: 'key.change',
    outcome: 'ok',
    keyId,
    details: { permissions: 'read,manage', addresses: '192.0.2.0/24' },
  });
});

test.each([
  [{}, 'nothing to change: give --permissions, --addresses or both'],
  [{ permissions: 'root' }, '--permissions'],
  [{ addresses: 'home' }, 'addresses: "home" is none; allowed: IPv4 addresses, and ranges'],
])('%j is refused with what is allowed', async (options, message) => {
  await expect(changeClientKey(shop.env, 'shop', keyId, options)).rejects.toThrow(message);
});
