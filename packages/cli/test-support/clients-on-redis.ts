import { connectRedis, createClientDirectory, type RedisConnection } from '@boomerang/redis';
import { startRedisServer } from '@boomerang/redis-server';

export interface ClientsOnRedis {
  readonly redis: RedisConnection;
  /** What commands need of the environment. */
  readonly env: Record<string, string>;
  stop(): Promise<void>;
}

/** A Redis of its own with one client, `shop`, which has no key. */
export async function startClientsOnRedis(): Promise<ClientsOnRedis> {
  const server = await startRedisServer();
  const redis = await connectRedis({ url: server.url, name: 'test' });
  await createClientDirectory(redis, 'a pepper of some length').create('shop');
  return {
    redis,
    env: { BOOMERANG_REDIS_URL: server.url, BOOMERANG_MASTER_KEY: '5'.repeat(64) },
    async stop() {
      redis.disconnect();
      await server.stop();
    },
  };
}
