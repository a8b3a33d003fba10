import { randomBytes } from 'node:crypto';
import type { Program, ServiceName } from '@boomerang/cli';
import { createClientDirectory, type RedisConnection } from '@boomerang/redis';
import { freePort } from '@boomerang/redis-server';
import { armFault, type Fault, type FaultPlan, type FaultTarget } from './faults/fault.js';
import { type RedisProxy, startRedisProxy } from './faults/redis-proxy.js';
import { processWarnings } from './process-warnings.js';
import { startTestRedis, type TestRedis } from './redis/start-test-redis.js';
import { type ServiceHandle, startService } from './service-handle.js';

export type { ServiceHandle } from './service-handle.js';

/** What a stack works on: one Redis, or a Cluster. */
export interface StackRedis {
  readonly url: string;
  readonly redis: RedisConnection;
  stop(): Promise<void>;
}

export interface TestStackOptions {
  /** How many of each; default 1. */
  readonly counts?: Partial<Record<ServiceName, number>>;
  /** What is run as a service; default: what this checkout has built. */
  readonly program?: (name: ServiceName, index: number) => Program | undefined;
  /** Settings by service, `BOOMERANG_…`, for all of the name or for each one; they win over the stack's own. */
  readonly env?: Partial<Record<ServiceName, Environment | readonly Environment[]>>;
  /** Whether each service has a proxy between itself and the one Redis, so that faults can be armed. Default false. */
  readonly proxied?: boolean;
}

type Environment = Readonly<Record<string, string>>;

/** A stack of real processes with a Redis of its own. No process is left behind, however the suite ends. */
export interface TestStack<R extends StackRedis = TestRedis> {
  readonly tcpPorts: readonly number[];
  readonly grpcPorts: readonly number[];
  readonly httpPorts: Readonly<Record<ServiceName, readonly number[]>>;
  /** The gateways' pepper of keys. */
  readonly keyPepper: string;
  /** What the workers have signing secrets encrypted with. */
  readonly masterKey: Buffer;
  /** A key of client `test`. */
  readonly token: string;
  readonly redis: R;
  readonly processes: Readonly<Record<ServiceName, readonly ServiceHandle[]>>;
  /** Starts one more service, which is not among `processes`. Resolves when it is ready. */
  add(name: ServiceName): Promise<ServiceHandle>;
  /** Makes another client; its key. */
  createClient(name: string): Promise<string>;
  /** Strikes one service, or the first of a name that sends the command. Takes the place of the fault armed before. */
  arm(target: ServiceName | ServiceHandle, plan: FaultPlan): Fault;
  /** Rejects if Node has warned a service, such as of a leak of listeners. */
  stop(): Promise<void>;
}

export async function startStack(options: TestStackOptions = {}): Promise<TestStack> {
  return startStackOn(await startTestRedis(), options);
}

/** @param redis ends with the stack. */
export async function startStackOn<R extends StackRedis>(
  redis: R,
  options: TestStackOptions = {},
): Promise<TestStack<R>> {
  const { counts = {}, env = {}, proxied = false, program } = options;
  const keyPepper = randomBytes(32).toString('base64url');
  const masterKey = randomBytes(32);
  const started: ServiceHandle[] = [];
  const proxies = new Map<ServiceHandle, RedisProxy>();
  const { tcp: tcpPorts, grpc: grpcPorts, http: httpPorts } = await choosePorts(counts);

  async function stop(): Promise<void> {
    await Promise.all(started.map((service) => service.kill()));
    for (const proxy of proxies.values()) proxy.close();
    await redis.stop();
    const warned = started.flatMap((service) => processWarnings(service.logs()));
    if (warned.length > 0) throw new Error(`services were warned by Node:\n${warned.join('\n')}`);
  }

  async function startOne(
    name: ServiceName,
    index: number,
    httpPort: number,
    tcpPort: number,
    grpcPort: number,
  ): Promise<ServiceHandle> {
    const proxy = proxied ? await startRedisProxy(Number(new URL(redis.url).port)) : undefined;
    const given = env[name] ?? {};
    const own = Array.isArray(given) ? given[index] : given;
    const settings = {
      BOOMERANG_REDIS_URL: proxy ? `redis://127.0.0.1:${proxy.port}` : redis.url,
      BOOMERANG_HOST: '127.0.0.1',
      BOOMERANG_HTTP_PORT: String(httpPort),
      BOOMERANG_TCP_PORT: String(tcpPort),
      BOOMERANG_GRPC_PORT: String(grpcPort),
      BOOMERANG_KEY_PEPPER: keyPepper,
      BOOMERANG_MASTER_KEY: masterKey.toString('base64'),
      BOOMERANG_CALLBACK_ALLOW: '127.0.0.0/8,::1/128',
    };
    const environment = { ...cleanEnvironment(), ...settings, ...own };
    const service = startService(name, httpPort, environment, program?.(name, index));
    started.push(service);
    if (proxy) proxies.set(service, proxy);
    return service;
  }

  async function add(name: ServiceName): Promise<ServiceHandle> {
    const service = await startOne(name, httpPorts[name].length, await freePort(), 0, 0);
    await service.ready();
    return service;
  }

  function withProxy(service: ServiceHandle): FaultTarget {
    const proxy = proxies.get(service);
    if (!proxy) throw new Error('faults need a stack that was started with proxied: true');
    return { service, proxy };
  }

  async function createClient(name: string): Promise<string> {
    const directory = createClientDirectory(redis.redis, keyPepper);
    await directory.create(name);
    return directory.addKey(name);
  }

  try {
    const token = await createClient('test');
    const startAll = (name: ServiceName) =>
      Promise.all(
        httpPorts[name].map((port, i) => startOne(name, i, port, tcpPorts[i] ?? 0, grpcPorts[i] ?? 0)),
      );
    const processes = {
      gateway: await startAll('gateway'),
      scheduler: await startAll('scheduler'),
      worker: await startAll('worker'),
    };
    const arm = (target: ServiceName | ServiceHandle, plan: FaultPlan) =>
      armFault((typeof target === 'string' ? processes[target] : [target]).map(withProxy), plan);
    await Promise.all(started.map((service) => service.ready()));
    return {
      tcpPorts,
      grpcPorts,
      httpPorts,
      keyPepper,
      masterKey,
      token,
      redis,
      processes,
      add,
      createClient,
      arm,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Ports for TCP and gRPC, one per gateway, and for HTTP, one per service. */
async function choosePorts({ gateway = 1, scheduler = 1, worker = 1 }: Partial<Record<ServiceName, number>>) {
  const ports = new Set<number>();
  while (ports.size < 3 * gateway + scheduler + worker) ports.add(await freePort());
  const all = [...ports];
  const tcp = all.splice(0, gateway);
  const grpc = all.splice(0, gateway);
  const http = {
    gateway: all.splice(0, gateway),
    scheduler: all.splice(0, scheduler),
    worker: all.splice(0, worker),
  };
  return { tcp, grpc, http };
}

/** What the developer has set for a stack of their own must not change the tests. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('BOOMERANG_')));
}
