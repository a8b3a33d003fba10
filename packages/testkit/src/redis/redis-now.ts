import { connectRedis, type RedisConnection } from '@boomerang/redis';

/** Unix epoch ms with fractions by Redis's clock, which is the one that decides what is early. */
export async function redisNow(redis: RedisConnection | string): Promise<number> {
  if (typeof redis !== 'string') {
    const [seconds, microseconds] = await redis.time();
    return Number(seconds) * 1_000 + Number(microseconds) / 1_000;
  }
  const connection = await connectRedis({ url: redis, name: 'test-clock' });
  try {
    return await redisNow(connection);
  } finally {
    connection.disconnect();
  }
}
