import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findRedisServer, freePort, type RedisServer, startRedisServer } from '@boomerang/redis-server';
import { selfSignedCertificate } from '@boomerang/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectRedis, type RedisConnection } from './connection.js';

const stops: (() => Promise<unknown>)[] = [];
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'boomerang-address-'));
  stops.push(() => rm(folder, { recursive: true, force: true }));
});
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function startServer(args: readonly string[] = []): Promise<RedisServer> {
  const server = await startRedisServer({ args });
  stops.push(() => server.stop());
  return server;
}

/** A Sentinel that takes a primary for down after a second and needs nobody else's vote. */
async function startSentinel(primary: RedisServer, name: string): Promise<number> {
  const { command, env } = await findRedisServer();
  const port = await freePort();
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    `sentinel monitor ${name} 127.0.0.1 ${primary.port} 1`,
    `sentinel down-after-milliseconds ${name} 1000`,
    `sentinel failover-timeout ${name} 5000`,
  ];
  const file = join(folder, 'sentinel.conf');
  await writeFile(file, `${lines.join('\n')}\n`);
  const child: ChildProcess = spawn(command, [file, '--sentinel'], {
    env: { ...process.env, ...env },
    stdio: 'ignore',
    cwd: folder,
  });
  stops.push(async () => {
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  });
  return port;
}

async function connected(address: Parameters<typeof connectRedis>[0]): Promise<RedisConnection> {
  const redis = await connectRedis(address);
  stops.push(async () => redis.disconnect());
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
  const direct = await connected({ url: replica.url, name: 'direct' });
  await until('the replica', async () =>
    (await direct.info('replication')).includes('master_link_status:up'),
  );
  const port = await startSentinel(primary, 'timers');
  const sentinel = await connected({ url: `redis://127.0.0.1:${port}`, name: 'sentinel' });
  await until('the Sentinel to know the replica', async () => {
    return String(await sentinel.call('SENTINEL', 'REPLICAS', 'timers')).includes(String(replica.port));
  });

  const address = { url: `redis://127.0.0.1:${port}`, sentinelMaster: 'timers' };
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
  await expect(connectRedis({ url, tlsCa: join(folder, 'none.pem'), name: 'x' })).rejects.toThrow(
    /none\.pem/,
  );
});
