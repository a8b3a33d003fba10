import { connectRedis, createClientDirectory } from '@boomerang/redis';
import { startRedisServer } from '@boomerang/redis-server';
import { Redis } from 'ioredis';
import type { Bench } from './bench.js';
import type { LoadMethods } from './processes/load-process.js';
import { type Peer, startPeer } from './processes/rpc.js';
import { type ServiceName, startService } from './service-process.js';
import { readUsage, type Usage } from './usage.js';

const PEPPER = 'pepper of the bench, used nowhere else';
const MASTER_KEY = '0'.repeat(64);
const SERVICES: readonly ServiceName[] = ['gateway', 'scheduler', 'worker'];

/** A Redis of its own, the three services, and a load client with an open session. */
export interface Stack {
  readonly redis: Redis;
  readonly load: Peer<LoadMethods>;
  usage(): Promise<Usage>;
}

/** Everything that was started is stopped again, in reverse order, also when the start fails half way. */
export async function withStack<T>(bench: Bench, use: (stack: Stack) => Promise<T>): Promise<T> {
  const stops: (() => Promise<unknown>)[] = [];
  try {
    return await use(await startStack(bench, stops));
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

async function startStack(bench: Bench, stops: (() => Promise<unknown>)[]): Promise<Stack> {
  const server = await startRedisServer();
  stops.push(() => server.stop());
  const redis = new Redis(server.url);
  stops.push(async () => redis.disconnect());
  await bench.receiver.call('followClock', server.url);

  const pids: Record<string, number> = {};
  const ports: Record<string, number> = {};
  for (const name of SERVICES) {
    const service = await startService(name, environment(server.url), bench.options.profile);
    stops.push(() => service.stop());
    pids[name] = service.pid;
    Object.assign(ports, service.ports);
  }
  const load = startPeer<LoadMethods>('load');
  stops.push(() => load.stop());
  const token = await createClient(server.url);
  await load.call('openSession', { port: ports.tcp ?? 0, token, endpoint: bench.endpoint });
  return {
    redis,
    load,
    usage: () => readUsage(redis, { ...pids, client: load.pid, receiver: bench.receiver.pid }),
  };
}

/** Settings of the services that are not named here can be tried from outside: BOOMERANG_ENDPOINT_SLOTS=128 npm run … */
function environment(redisUrl: string): Record<string, string> {
  return {
    BOOMERANG_REDIS_URL: redisUrl,
    BOOMERANG_HOST: '127.0.0.1',
    BOOMERANG_TCP_PORT: '0',
    BOOMERANG_GRPC_PORT: '0',
    BOOMERANG_HTTP_PORT: '0',
    BOOMERANG_KEY_PEPPER: PEPPER,
    BOOMERANG_MASTER_KEY: MASTER_KEY,
    BOOMERANG_CALLBACK_ALLOW: '127.0.0.0/8',
    BOOMERANG_LOG_LEVEL: 'info',
  };
}

async function createClient(url: string): Promise<string> {
  const connection = await connectRedis({ url, name: 'bench' });
  const clients = createClientDirectory(connection, PEPPER);
  await clients.create('bench');
  const token = await clients.addKey('bench');
  connection.disconnect();
  return token;
}
