import type { Caller, ClientStore, Permission } from '@boomerang/domain';
import { beforeEach, expect, test } from 'vitest';
import { KeyUses } from './key-uses.js';
import { LiveKeys } from './live-keys.js';

const caller: Caller = { clientId: 'shop', keyId: 'k1', permissions: [], policy: undefined };

let now: number;
let good: () => Promise<readonly Permission[] | undefined>;
let reads: [string, string | undefined][];
let noted: string[];
let ended: unknown[];
let errors: unknown[];
let keys: LiveKeys;
beforeEach(() => {
  [now, reads, noted, ended, errors] = [0, [], [], [], []];
  good = async () => ['read'];
  const store: ClientStore = {
    authenticate: () => Promise.reject(new Error('not for this test')),
    permissionsNow(clientId, keyId) {
      reads.push([clientId, keyId]);
      return good();
    },
    async noteUse(keyId) {
      noted.push(keyId);
      if (noted.length > 1) throw new Error('away');
    },
  };
  const clock = () => now;
  const uses = new KeyUses(store, (error) => errors.push(error), clock);
  keys = new LiveKeys(store, uses, (key) => ended.push(key), clock);
});

const settled = () => new Promise(setImmediate);

test('a caller has what its key may be used for, read once for all of its sessions', async () => {
  const checked = await Promise.all([keys.check(caller), keys.check({ ...caller })]);
  for (const each of checked) expect(each).toEqual({ ...caller, permissions: ['read'] });
  expect(keys.check(caller)).toEqual(checked[0]);
  expect(reads).toEqual([['shop', 'k1']]);
});

test('a caller that was checked before is the same object', async () => {
  const checked = await keys.check(caller);
  now = 500;
  expect(keys.check(checked)).toBe(checked);
  await settled();
  expect(reads.length).toBe(2);
  expect(keys.check(checked)).toBe(checked);
});

test('a key that is revoked ends what it opened within a second, and that is told once', async () => {
  await keys.check(caller);
  good = async () => undefined;
  now = 500;
  await keys.check(caller);
  await settled();
  for (const _ of [1, 2]) await expect(keys.check(caller)).rejects.toMatchObject({ code: 'session_expired' });
  expect(ended).toEqual([{ clientId: 'shop', keyId: 'k1' }]);
});

test('a key that nobody used for a while is asked for before it counts', async () => {
  await keys.check(caller);
  good = async () => undefined;
  now = 901;
  await expect(keys.check(caller)).rejects.toThrow(
    'its key was revoked or has expired, or its client was removed',
  );
});

test('while Redis is away a key is trusted for less than a second', async () => {
  await keys.check(caller);
  good = () => Promise.reject(new Error('away'));
  now = 899;
  expect(await keys.check(caller)).toMatchObject({ permissions: ['read'] });
  await settled();
  now = 901;
  await expect(keys.check(caller)).rejects.toThrow('away');
  expect(ended).toEqual([]);
});

test('what a key may be used for follows what is stored', async () => {
  await keys.check(caller);
  good = async () => ['read', 'manage'];
  now = 901;
  expect(await keys.check(caller)).toMatchObject({ permissions: ['read', 'manage'] });
});

test('a session without a key depends on its client alone', async () => {
  await keys.check({ ...caller, keyId: undefined });
  expect(reads).toEqual([['shop', undefined]]);
  expect(noted).toEqual([]);
});

test('the use of a key is noted once a minute, and a failure of that is told and disturbs nobody', async () => {
  for (const ms of [0, 30_000, 59_000, 61_000, 62_000]) {
    now = ms;
    expect(await keys.check(caller)).toMatchObject({ permissions: ['read'] });
  }
  await settled();
  expect(noted).toEqual(['k1', 'k1']);
  expect(errors).toEqual([new Error('away')]);
});
