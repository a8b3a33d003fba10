import { randomBytes } from 'node:crypto';
import { createOrphanGuard, type Program, type ServiceName } from '@boomerang/cli';
import { createClientDirectory } from '@boomerang/redis';
import { freePort } from '@boomerang/redis-server';
import { type ServiceHandle, startService } from './service-handle.js';
import { startTestRedis, type TestRedis } from './start-test-redis.js';

export type { ServiceHandle } from './service-handle.js';

export interface TestStackOptions {
  /** How many of each; default 1. */
  readonly counts?: Partial<Record<ServiceName, number>>;
  /** Settings by service, `BOOMERANG_…`; they win over the stack's own. */
  readonly env?: Partial<Record<ServiceName, Readonly<Record<string, string>>>>;
  /** What is run as a service; default: what this checkout has built. */
  readonly program?: (name: ServiceName) => Program;
}

/** A stack of real processes with a Redis of its own. No process is left behind, however the suite ends. */
export interface TestStack {
  readonly tcpPorts: readonly number[];
  readonly httpPorts: Readonly<Record<ServiceName, readonly number[]>>;
  /** The gateways' pepper of keys. */
  readonly keyPepper: string;
  /** A key of client `test`. */
  readonly token: string;
  readonly redis: TestRedis;
  readonly processes: Readonly<Record<ServiceName, readonly ServiceHandle[]>>;
  /** Makes another client; its key. */
  createClient(name: string): Promise<string>;
  stop(): Promise<void>;
}

export async function startStack({
  counts = {},
  env = {},
  program,
}: TestStackOptions = {}): Promise<TestStack> {
  const redis = await startTestRedis();
  const guard = createOrphanGuard('KILL');
  const keyPepper = randomBytes(32).toString('base64url');
  const started: ServiceHandle[] = [];
  const [tcpPorts, httpPorts] = await choosePorts(counts);

  async function stop(): Promise<void> {
    await Promise.all(started.map((service) => service.kill()));
    await redis.stop();
  }

  function startOne(name: ServiceName, index: number): ServiceHandle {
    const httpPort = httpPorts[name][index] as number;
    const settings = {
      BOOMERANG_REDIS_URL: redis.url,
      BOOMERANG_HOST: '127.0.0.1',
      BOOMERANG_HTTP_PORT: String(httpPort),
      BOOMERANG_TCP_PORT: String(tcpPorts[index] ?? 0),
      BOOMERANG_KEY_PEPPER: keyPepper,
      BOOMERANG_CALLBACK_ALLOW: '127.0.0.0/8,::1/128',
    };
    const environment = { ...cleanEnvironment(), ...settings, ...env[name] };
    const service = startService(name, httpPort, environment, guard, program?.(name));
    started.push(service);
    return service;
  }

  async function createClient(name: string): Promise<string> {
    const directory = createClientDirectory(redis.redis, keyPepper);
    await directory.create(name);
    return directory.addKey(name);
  }

  try {
    const token = await createClient('test');
    const startAll = (name: ServiceName) => httpPorts[name].map((_, index) => startOne(name, index));
    const processes = {
      gateway: startAll('gateway'),
      scheduler: startAll('scheduler'),
      worker: startAll('worker'),
    };
    await Promise.all(started.map((service) => service.ready()));
    return { tcpPorts, httpPorts, keyPepper, token, redis, processes, createClient, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Ports for TCP, one per gateway, and for HTTP, one per service. */
async function choosePorts({ gateway = 1, scheduler = 1, worker = 1 }: Partial<Record<ServiceName, number>>) {
  const ports = new Set<number>();
  while (ports.size < 2 * gateway + scheduler + worker) ports.add(await freePort());
  const all = [...ports];
  const tcp = all.splice(0, gateway);
  const http = {
    gateway: all.splice(0, gateway),
    scheduler: all.splice(0, scheduler),
    worker: all.splice(0, worker),
  };
  return [tcp, http] as const;
}

/** What the developer has set for a stack of their own must not change the tests. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('BOOMERANG_')));
}
