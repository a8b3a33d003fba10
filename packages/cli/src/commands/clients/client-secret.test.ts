import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { startClientsOnRedis } from '../../../test-support/clients-on-redis.js';
import { printed } from '../../../test-support/printed.js';
import { createSecret, listSecrets, revokeSecret, rotateSecret } from './client-secret.js';

let env: Record<string, string>;
let stop: () => Promise<void>;
beforeAll(async () => {
  ({ env, stop } = await startClientsOnRedis());
});
afterAll(() => stop());
afterEach(() => vi.restoreAllMocks());

test('a secret is shown once, rotated once, listed without being shown, and revoked by its id', async () => {
  await expect(rotateSecret(env, 'shop')).rejects.toThrow(
    'client shop has no signing secret to rotate: create one',
  );
  const first = await printed(() => createSecret(env, 'shop'));
  expect(first).toMatch(/^whsec_[A-Za-z0-9+/]{43}=\n$/);
  await expect(createSecret(env, 'shop')).rejects.toThrow(
    'client shop has a signing secret already: rotate it',
  );
  const second = await printed(() => rotateSecret(env, 'shop'));
  await expect(rotateSecret(env, 'shop')).rejects.toThrow(
    'client shop has 2 live secrets already: revoke one first',
  );

  const listed = await printed(() => listSecrets(env, 'shop'));
  expect(listed).toMatch(/^([0-9a-f]{8} \d{4}-\S+Z\n){2}$/);
  for (const one of [first, second]) expect(listed).not.toContain(one.trim().slice('whsec_'.length));

  for (const line of listed.trim().split('\n')) await revokeSecret(env, 'shop', line.slice(0, 8));
  expect(await printed(() => listSecrets(env, 'shop'))).toBe('');
  await expect(revokeSecret(env, 'shop', 'abcd')).rejects.toThrow('client shop has no signing secret abcd');
});

test('a client that is unknown and a master key that is another are refused', async () => {
  await expect(createSecret(env, 'nobody')).rejects.toThrow('there is no client nobody');
  await printed(() => createSecret(env, 'shop'));
  const other = { ...env, BOOMERANG_MASTER_KEY: '6'.repeat(64) };
  await expect(listSecrets(other, 'shop')).rejects.toThrow('encrypted under another BOOMERANG_MASTER_KEY');
});
