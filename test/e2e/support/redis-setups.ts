import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectRedis, type RedisAddress } from '@boomerang/redis';
import { freePort } from '@boomerang/redis-server';
import {
  type StackRedis,
  selfSignedCertificate,
  startTestCluster,
  startTestRedis,
  startTestSentinel,
} from '@boomerang/testkit';

/** A Redis that is reached in one way, by the settings that say so. */
export interface RedisSetup extends StackRedis {
  /** The settings of every process. */
  readonly env: Readonly<Record<string, string>>;
  /** `CLIENT LIST` of all servers, a line for each connection. */
  clients(): Promise<string[]>;
  /** How many keys database 0 has. */
  sizeOfDatabase0(): Promise<number>;
}

interface Server {
  /** Over the plain port, without a password. */
  readonly redis: StackRedis['redis'];
  stop(): Promise<void>;
}

async function setUp(address: RedisAddress, servers: readonly Server[], stops: (() => unknown)[]) {
  const redis = await connectRedis({ ...address, name: 'test' });
  const setup: RedisSetup = {
    url: address.url,
    redis,
    env: {
      BOOMERANG_REDIS_URL: address.url,
      ...(address.sentinelMaster && { BOOMERANG_REDIS_SENTINEL_MASTER: address.sentinelMaster }),
      ...(address.tlsCa && { BOOMERANG_REDIS_TLS_CA: address.tlsCa }),
    },
    async clients() {
      const lists = await Promise.all(servers.map((server) => server.redis.client('LIST')));
      return lists.flatMap((list) => String(list).trim().split('\n'));
    },
    async sizeOfDatabase0() {
      const sizes = await Promise.all(servers.map((server) => server.redis.dbsize()));
      return sizes.reduce((sum, size) => sum + size, 0);
    },
    async stop() {
      redis.disconnect();
      for (const stop of stops.toReversed()) await stop();
    },
  };
  return setup;
}

export async function single(args: readonly string[] = [], path = ''): Promise<RedisSetup> {
  const server = await startTestRedis({ args });
  return setUp({ url: server.url + path }, [server], [() => server.stop()]);
}

/** The default user has a password, so that nobody gets in without. */
export async function withPassword(): Promise<RedisSetup> {
  const server = await startTestRedis();
  await server.redis.call('CONFIG', 'SET', 'requirepass', 'pass/word');
  const url = server.url.replace('//', '//:pass%2Fword@');
  return setUp({ url }, [server], [() => server.stop()]);
}

const USER = ['ACL', 'SETUSER', 'us@er', 'on', '>pass/word', '~*', '&*', '+@all'] as const;
const login = (url: string) => url.replaceAll('//', '//us%40er:pass%2Fword@');

export async function withUser(): Promise<RedisSetup> {
  const server = await startTestRedis();
  await server.redis.call(...USER);
  return setUp({ url: login(server.url) }, [server], [() => server.stop()]);
}

interface TlsFiles {
  readonly ca: string;
  /** As settings of a server. */
  readonly settings: readonly (readonly [name: string, value: string])[];
  remove(): Promise<void>;
}

async function tlsFiles(): Promise<TlsFiles> {
  const folder = await mkdtemp(join(tmpdir(), 'boomerang-tls-'));
  const { cert, key } = selfSignedCertificate();
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  await Promise.all([writeFile(certFile, cert), writeFile(keyFile, key)]);
  return {
    ca: certFile,
    settings: [
      ['tls-cert-file', certFile],
      ['tls-key-file', keyFile],
      ['tls-ca-cert-file', certFile],
      ['tls-auth-clients', 'no'],
    ],
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

const args = (files: TlsFiles, port: number) => [
  '--tls-port',
  String(port),
  ...files.settings.flatMap(([name, value]) => [`--${name}`, value]),
];

export async function overTls(): Promise<RedisSetup & { readonly port: number }> {
  const [files, port] = [await tlsFiles(), await freePort()];
  const server = await startTestRedis({ args: args(files, port) });
  await server.redis.call(...USER);
  const address = { url: `${login('rediss://localhost')}:${port}/5`, tlsCa: files.ca };
  return { ...(await setUp(address, [server], [files.remove, () => server.stop()])), port };
}

export async function behindSentinels(): Promise<RedisSetup> {
  const server = await startTestRedis();
  await server.redis.call('CONFIG', 'SET', 'requirepass', 'word');
  const settings = ['requirepass word', 'sentinel auth-pass timers word'];
  const sentinel = await startTestSentinel({ primary: server.port, name: 'timers', settings });
  const url = `redis://:word@127.0.0.1:${sentinel.port}/2`;
  const stops = [() => server.stop(), () => sentinel.stop()];
  return setUp({ url, sentinelMaster: 'timers' }, [server], stops);
}

export async function behindSentinelsOverTls(): Promise<RedisSetup & { readonly port: number }> {
  const [files, port] = [await tlsFiles(), await freePort()];
  const server = await startTestRedis({ args: args(files, port) });
  const settings = [...files.settings.map((setting) => setting.join(' ')), 'tls-replication yes'];
  const sentinel = await startTestSentinel({ primary: port, name: 'timers', settings });
  const address = { url: `rediss://127.0.0.1:${sentinel.port}`, sentinelMaster: 'timers', tlsCa: files.ca };
  const stops = [files.remove, () => server.stop(), () => sentinel.stop()];
  return { ...(await setUp(address, [server], stops)), port };
}

export async function onCluster(): Promise<RedisSetup> {
  const cluster = await startTestCluster();
  await Promise.all(cluster.nodes.map(({ redis }) => redis.call(...USER)));
  return setUp({ url: login(cluster.url) }, cluster.nodes, [() => cluster.stop()]);
}

export async function onClusterOverTls(): Promise<RedisSetup & { readonly ports: readonly number[] }> {
  const files = await tlsFiles();
  const ports = new Set<number>();
  while (ports.size < 6) ports.add(await freePort());
  const all = [...ports];
  const amongNodes = ['--tls-cluster', 'yes', '--tls-replication', 'yes'];
  const cluster = await startTestCluster((node) => [...args(files, all[node] as number), ...amongNodes]);
  const url = all
    .slice(0, 2)
    .map((port) => `rediss://127.0.0.1:${port}`)
    .join(',');
  const stops = [files.remove, () => cluster.stop()];
  return { ...(await setUp({ url, tlsCa: files.ca }, cluster.nodes, stops)), ports: all };
}
