import { startRedisServer } from '@boomerang/redis-server';
import { Redis } from 'ioredis';
import type { Bench } from './bench.js';
import type { LoadMethods, SessionRequest } from './processes/load-process.js';
import { type Peer, startPeer } from './processes/rpc.js';
import { createBenchClient, serviceEnvironment } from './service-environment.js';
import { type ServiceName, startService } from './service-process.js';
import { readUsage, type Usage } from './usage.js';

const SERVICES: readonly ServiceName[] = ['gateway', 'scheduler', 'worker'];

/** A Redis of its own, the three services, and a load client with an open session. */
export interface Stack {
  readonly redis: Redis;
  readonly redisUrl: string;
  readonly load: Peer<LoadMethods>;
  readonly schedulerHttpPort: number;
  readonly workerHttpPort: number;
  /** A further load client, with a session of the client `bench`, or of another one. */
  openLoad(session: Omit<SessionRequest, 'port' | 'token'>, clientName?: string): Promise<Peer<LoadMethods>>;
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
  const ports: Partial<Record<ServiceName, Record<string, number>>> = {};
  for (const name of SERVICES) {
    const service = await startService(name, serviceEnvironment(server.url), bench.options.profile);
    stops.push(() => service.stop());
    pids[name] = service.pid;
    ports[name] = service.ports;
  }
  const benchToken = await createBenchClient(server.url);
  const openLoad: Stack['openLoad'] = async (session, clientName) => {
    const token = clientName ? await createBenchClient(server.url, clientName) : benchToken;
    const load = startPeer<LoadMethods>('load');
    stops.push(() => load.stop());
    await load.call('openSession', { ...session, port: ports.gateway?.tcp ?? 0, token });
    return load;
  };
  const load = await openLoad({ callback: { protocol: 'HTTP', endpoint: bench.endpoint } });
  return {
    redis,
    redisUrl: server.url,
    load,
    schedulerHttpPort: ports.scheduler?.http ?? 0,
    workerHttpPort: ports.worker?.http ?? 0,
    openLoad,
    usage: () => readUsage(redis, { ...pids, client: load.pid, receiver: bench.receiver.pid }),
  };
}
