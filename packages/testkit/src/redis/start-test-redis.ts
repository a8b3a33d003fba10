import { connectRedis, type RedisConnection } from '@boomerang/redis';
import { type RedisServer, type RedisServerOptions, startRedisServer } from '@boomerang/redis-server';
import { waitFor } from '../wait-for.js';

/** A Redis for one suite alone. It ends with the process at the latest. */
export interface TestRedis {
  readonly url: string;
  readonly port: number;
  /** Of the process that runs now. */
  readonly pid: number;
  readonly redis: RedisConnection;
  /** SIGKILL, as a crash would be. */
  kill(): Promise<void>;
  /** Starts it again after a kill (which it does first if nobody has), with the same port and data. */
  restart(options?: RestartOptions): Promise<void>;
  /** SIGSTOP: its connections live on, and nothing is answered. */
  freeze(): void;
  /** SIGCONT. */
  thaw(): void;
  stop(): Promise<void>;
}

export interface RestartOptions {
  /** More arguments of the server, for this start alone. */
  readonly args?: readonly string[];
}

/** @param options `args` hold for every start. */
export async function startTestRedis(
  options: Pick<RedisServerOptions, 'port' | 'args'> = {},
): Promise<TestRedis> {
  const first = await startRedisServer(options);
  const servers: RedisServer[] = [first];
  const redis = await connectRedis({ url: first.url, name: 'test' });
  const kill = async () => void (await servers.at(-1)?.kill());
  const signal = (name: NodeJS.Signals) => void process.kill(servers.at(-1)?.pid as number, name);
  return {
    url: first.url,
    port: first.port,
    get pid() {
      return servers.at(-1)?.pid ?? -1;
    },
    redis,
    kill,
    async restart({ args = [] } = {}) {
      await kill();
      const { port, dataDir } = first;
      servers.push(await startRedisServer({ args: [...(options.args ?? []), ...args], port, dataDir }));
      await waitFor(() => redis.status === 'ready', { message: 'the connection to Redis to come back' });
    },
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
    async stop() {
      redis.disconnect();
      // The first one removes the folder.
      for (const server of servers.splice(0).reverse()) await server.stop();
    },
  };
}
