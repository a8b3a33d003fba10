import { randomBytes } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { useTestEngine } from '../../test-support/use-test-engine.js';
import { globalKeys } from '../partitions/keys.js';
import { createClientDirectory } from './client-directory.js';
import { openSigningSecrets } from './signing-secrets.js';

const engine = useTestEngine();
const masterKey = randomBytes(32);
beforeEach(async () => {
  const clients = createClientDirectory(engine.redis, 'a pepper of some length');
  for (const name of ['shop', 'rival']) await clients.create(name);
});

const open = (key = masterKey) => openSigningSecrets(engine.redis, key);

test('a client that was given none has none', async () => {
  const secrets = await open();
  expect(await secrets.keysOf('shop')).toEqual([]);
  expect(await secrets.list('shop')).toEqual([]);
});

test('the newest of two signs first, and both until one is revoked', async () => {
  const secrets = await open();
  const first = await secrets.add('shop');
  await new Promise((resolve) => setTimeout(resolve, 2));
  const second = await secrets.add('shop');
  expect(first.key).toHaveLength(32);
  const keys = await (await open()).keysOf('shop');
  expect(keys.map((key) => Buffer.from(key).equals(second.key))).toEqual([true, false]);
  expect(await secrets.list('shop')).toEqual([second, first].map(({ key: _, ...live }) => live));
  expect(await secrets.revoke('shop', first.secretId)).toBe(true);
  expect(await secrets.revoke('shop', first.secretId)).toBe(false);
  expect(await secrets.keysOf('shop')).toEqual([second.key]);
  expect(await secrets.keysOf('rival')).toEqual([]);
});

test('a third is refused, and of many at once no more than two are kept', async () => {
  const secrets = await open();
  await secrets.add('shop');
  await secrets.add('shop');
  await expect(secrets.add('shop')).rejects.toThrow(
    'client shop has 2 live secrets already: revoke one first',
  );
  await Promise.allSettled(Array.from({ length: 8 }, () => secrets.add('rival')));
  expect((await secrets.list('rival')).length).toBeLessThanOrEqual(2);
  await expect(secrets.add('nobody')).rejects.toThrow('there is no client nobody');
});

test('Redis never holds a key in the clear', async () => {
  const { key } = await (await open()).add('shop');
  const [stored = ''] = await engine.redis.hvals(globalKeys.signingSecrets('shop'));
  const sealed = Buffer.from((JSON.parse(stored) as { sealed: string }).sealed, 'base64');
  expect(sealed.includes(Buffer.from(key))).toBe(false);
  for (const encoding of ['hex', 'base64', 'base64url'] as const) {
    expect(stored).not.toContain(Buffer.from(key).toString(encoding));
  }
});

test('a secret that was moved to another client or id, or changed, does not open', async () => {
  const secrets = await open();
  const { secretId } = await secrets.add('shop');
  const stored = (await engine.redis.hget(globalKeys.signingSecrets('shop'), secretId)) as string;
  await engine.redis.hset(globalKeys.signingSecrets('rival'), secretId, stored);
  await expect(secrets.keysOf('rival')).rejects.toThrow();
  const record = JSON.parse(stored) as { sealed: string };
  for (const at of [0, 12, 43, 44, 59]) {
    const bytes = Buffer.from(record.sealed, 'base64');
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    const changed = JSON.stringify({ ...record, sealed: bytes.toString('base64') });
    await engine.redis.hset(globalKeys.signingSecrets('shop'), secretId, changed);
    await expect(secrets.keysOf('shop')).rejects.toThrow();
  }
});

test('another master key is refused once there is a secret', async () => {
  const other = randomBytes(32);
  const early = await open(other);
  await (await open()).add('shop');
  const refusal = 'the signing secrets in this Redis are encrypted under another BOOMERANG_MASTER_KEY';
  await expect(open(other)).rejects.toThrow(refusal);
  await expect(early.add('shop')).rejects.toThrow(refusal);
  await expect(early.keysOf('shop')).rejects.toThrow(
    /^signing secret \w+ of client shop was encrypted under another BOOMERANG_MASTER_KEY, or changed since$/,
  );
});
