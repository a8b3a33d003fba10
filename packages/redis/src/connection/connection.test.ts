import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@boomerang/redis-server';
import { selfSignedCertificate, startTestRedis, startTestSentinel, type TestRedis } from '@boomerang/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Engine, openEngine } from '../engine/engine.js';
import type { ConnectOptions } from './connect-options.js';
import { connectRedis, type RedisConnection } from './connection.js';

const stops: (() => unknown)[] = [];
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'boomerang-address-'));
  stops.push(() => rm(folder, { recursive: true, force: true }));
});
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function startServer(args: readonly string[] = []): Promise<TestRedis> {
  const server = await startTestRedis({ args });
  stops.push(() => server.stop());
  return server;
}

async function startSentinel(primary: TestRedis, name: string): Promise<string> {
  const sentinel = await startTestSentinel({ primary: primary.port, name });
  stops.push(() => sentinel.stop());
  return `redis://127.0.0.1:${sentinel.port}`;
}

async function connected(options: ConnectOptions): Promise<RedisConnection> {
  const redis = await connectRedis(options);
  stops.push(() => redis.disconnect());
  return redis;
}

async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 40_000;
  while (!(await condition().catch(() => false))) {
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await sleep(100);
  }
}

test('Sentinels name the primary, and after a failover the next one, without a restart', async () => {
  const primary = await startServer();
  const replica = await startServer(['--replicaof', '127.0.0.1', String(primary.port)]);
  const direct = replica.redis;
  await until('the replica', async () =>
    (await direct.info('replication')).includes('master_link_status:up'),
  );
  const url = await startSentinel(primary, 'timers');
  const sentinel = await connected({ url, name: 'sentinel' });
  await until('the Sentinel to know the replica', async () => {
    return String(await sentinel.call('SENTINEL', 'REPLICAS', 'timers')).includes(String(replica.port));
  });

  const address = { url, sentinelMaster: 'timers' };
  const redis = await connected({ ...address, name: 'impatient' });
  const patient = await connected({ ...address, name: 'patient', patient: true });
  await redis.set('before', '1');
  await until('the replica to have it', async () => (await direct.get('before')) === '1');
  await primary.kill();
  await until('writes to go on', async () => (await redis.set('after', '2')) === 'OK');
  expect(await patient.get('before')).toBe('1');
  expect(await direct.get('after')).toBe('2');
}, 90_000);

test('a certificate is checked against the authorities given', async () => {
  const { cert, key } = selfSignedCertificate();
  const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  await Promise.all([writeFile(files.cert, cert), writeFile(files.key, key)]);
  const port = await freePort();
  const tls = ['--tls-port', String(port), '--tls-cert-file', files.cert, '--tls-key-file', files.key];
  await startServer([...tls, '--tls-ca-cert-file', files.cert, '--tls-auth-clients', 'no']);
  const url = `rediss://localhost:${port}`;
  const redis = await connected({ url, tlsCa: files.cert, name: 'tls' });
  expect(await redis.ping()).toBe('PONG');
  await expect(connectRedis({ url, name: 'distrustful' })).rejects.toThrow(/self-signed certificate/);
});

test('a database is worked in, behind Sentinels too', async () => {
  const server = await startServer();
  await (await connected({ url: `${server.url}/3`, name: 'single' })).set('place', 'single');
  const url = `${await startSentinel(server, 'timers')}/3`;
  const redis = await connected({ url, sentinelMaster: 'timers', name: 'sentinels' });
  expect(await redis.get('place')).toBe('single');
  expect(await server.redis.dbsize()).toBe(0);
});

test.each(['single', 'behind Sentinels'])(
  'a database that does not exist is refused at once, and nothing is written elsewhere: %s',
  async (how) => {
    const server = await startServer();
    const sentinelMaster = how === 'single' ? undefined : 'timers';
    const url = sentinelMaster ? await startSentinel(server, sentinelMaster) : server.url;
    for (const patient of [false, true]) {
      const connecting = connectRedis({ url: `${url}/99`, sentinelMaster, patient, name: 'lost' });
      await expect(connecting).rejects.toThrow(
        `Redis at ${url}/99 doesn't select database 99: ERR DB index is out of range`,
      );
    }
    expect(await server.redis.dbsize()).toBe(0);
  },
);

test('a database that is gone when Redis comes back is not taken for another', async () => {
  const server = await startServer();
  const redis = await connected({ url: `${server.url}/3`, name: 'test' });
  await server.restart({ args: ['--databases', '2'] });
  for (let n = 0; n < 20; n++) {
    await redis.set('place', 'lost').catch(() => undefined);
    await sleep(50);
  }
  expect(await server.redis.dbsize()).toBe(0);
  await server.restart();
  await until('the database to be back', async () => (await redis.set('place', 'found')) === 'OK');
  expect(await server.redis.dbsize()).toBe(0);
});

test('a user that may not select the database is refused', async () => {
  const server = await startServer();
  await server.redis.call('ACL', 'SETUSER', 'limited', 'on', '>hidden', '~*', '&*', '+@all', '-select');
  const url = server.url.replace('//', '//limited:hidden@');
  await expect(connectRedis({ url: `${url}/3`, name: 'test' })).rejects.toThrow(
    /^Redis at redis:\/\/\*\*\*@127\.0\.0\.1:\d+\/3 doesn't select database 3: NOPERM/,
  );
  await connected({ url, name: 'test' });
});

test('what is not what the settings say is refused, with what to set', async () => {
  const servers = await Promise.all([startServer(), startServer()]);
  const urls = servers.map(({ url }) => url).join(',');
  const sentinel = await startSentinel(servers[0] as TestRedis, 'timers');
  await expect(connectRedis({ url: urls, name: 'test' })).rejects.toThrow(
    `BOOMERANG_REDIS_URL has several URLs, but ${urls} are no nodes of a Redis Cluster`,
  );
  await expect(connectRedis({ url: sentinel, sentinelMaster: 'other', name: 'test' })).rejects.toThrow(
    `BOOMERANG_REDIS_SENTINEL_MASTER: the Sentinels at ${sentinel} know no primary called other`,
  );
  const opening: Promise<Engine> = openEngine({
    url: sentinel,
    name: 'test',
    partitions: 1,
    onError: () => undefined,
  });
  await expect(opening).rejects.toThrow('this is a Sentinel: set BOOMERANG_REDIS_SENTINEL_MASTER');
}, 30_000);
