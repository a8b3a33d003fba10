import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selfSignedCertificate } from '@boomerang/testkit';
import { afterAll, expect, test } from 'vitest';
import { parseAddress } from './parse-address.js';
import type { RedisAddress } from './redis-address.js';

const folder = mkdtempSync(join(tmpdir(), 'boomerang-address-'));
const ca = join(folder, 'ca.pem');
const { cert, key } = selfSignedCertificate();
writeFileSync(ca, cert);
const noCa = join(folder, 'key.pem');
writeFileSync(noCa, key);
afterAll(() => rmSync(folder, { recursive: true }));

test.each<[string, RedisAddress, object]>([
  [
    'a host alone',
    { url: 'redis://one' },
    { kind: 'single', nodes: [{ host: 'one', port: 6379 }], database: 0 },
  ],
  [
    'user, password and database',
    { url: 'redis://us%40er:p%2Fss@one:7000/3' },
    { username: 'us@er', password: 'p/ss', database: 3, nodes: [{ host: 'one', port: 7000 }] },
  ],
  ['a password alone', { url: 'redis://:hidden@one' }, { username: undefined, password: 'hidden' }],
  ['an IPv6 address', { url: 'redis://[::1]:7000' }, { nodes: [{ host: '::1', port: 7000 }] }],
  ['TLS', { url: 'rediss://one' }, { tls: {} }],
  ['TLS with authorities of its own', { url: 'rediss://one', tlsCa: ca }, { tls: { ca: Buffer.from(cert) } }],
  [
    'a Cluster, whose login may stand once',
    { url: 'redis://one:1, redis://user:hidden@two:2' },
    {
      kind: 'cluster',
      nodes: [
        { host: 'one', port: 1 },
        { host: 'two', port: 2 },
      ],
      username: 'user',
      password: 'hidden',
    },
  ],
  [
    'Sentinels, and the database of the primary',
    { url: 'redis://:hidden@one/5,redis://two:2/5', sentinelMaster: 'timers' },
    {
      kind: 'sentinels',
      nodes: [
        { host: 'one', port: 26_379 },
        { host: 'two', port: 2 },
      ],
      password: 'hidden',
      database: 5,
    },
  ],
])('takes %s', (_what, address, expected) => {
  expect(parseAddress(address)).toMatchObject(expected);
});

test.each<[string, RedisAddress, string]>([
  [
    'a path that is no database',
    { url: 'redis://one/first' },
    'BOOMERANG_REDIS_URL has a path that is no database number',
  ],
  [
    'a database beyond any',
    { url: 'redis://one/123456' },
    'BOOMERANG_REDIS_URL has a path that is no database number',
  ],
  [
    'options',
    { url: 'redis://one?db=3' },
    'BOOMERANG_REDIS_URL has something behind "?" or "#", which is not used',
  ],
  [
    'a fragment',
    { url: 'redis://one#3' },
    'BOOMERANG_REDIS_URL has something behind "?" or "#", which is not used',
  ],
  [
    'TLS for some nodes',
    { url: 'redis://one,rediss://two' },
    'BOOMERANG_REDIS_URL has redis:// and rediss://: all nodes have to have the same',
  ],
  [
    'two users',
    { url: 'redis://a:hidden@one,redis://b:hidden@two' },
    'BOOMERANG_REDIS_URL has several users: all nodes have to have the same',
  ],
  [
    'two passwords',
    { url: 'redis://a:hidden@one,redis://a:hidden2@two' },
    'BOOMERANG_REDIS_URL has several passwords: all nodes have to have the same',
  ],
  [
    'two databases',
    { url: 'redis://one/1,redis://two/2', sentinelMaster: 'm' },
    'BOOMERANG_REDIS_URL has several database numbers: all nodes have to have the same',
  ],
  [
    'a database of a Cluster',
    { url: 'redis://one/1,redis://two/1' },
    'BOOMERANG_REDIS_URL has database 1, but a Redis Cluster has database 0 alone',
  ],
  [
    'authorities without TLS',
    { url: 'redis://one', tlsCa: ca },
    'BOOMERANG_REDIS_TLS_CA is set, but BOOMERANG_REDIS_URL has redis://, which is without TLS: use rediss://',
  ],
  [
    'authorities that are not there',
    { url: 'rediss://one', tlsCa: '/none.pem' },
    "BOOMERANG_REDIS_TLS_CA: /none.pem can't be read (ENOENT)",
  ],
  [
    'authorities that are none',
    { url: 'rediss://one', tlsCa: noCa },
    `BOOMERANG_REDIS_TLS_CA: ${noCa} holds no certificate in PEM format`,
  ],
])('refuses %s in one line', (_what, address, line) => {
  expect(() => parseAddress(address)).toThrow(line);
  expect(() => parseAddress(address)).not.toThrow(/hidden/);
});
