import { connectRedis, type RedisConnection } from '@boomerang/redis';
import { type Environment, readConfig } from '@boomerang/runtime';
import { runningStack } from '../state/stack-file.js';
import { stateFolder } from '../state/state-folder.js';
import { configuredRedis } from './configured-redis.js';
import { stackSettings } from './settings.js';

const DEFAULT = { url: 'redis://127.0.0.1:6379' };

/**
 * Works on the Redis of the settings. If none is set: on that of the `npm start` that runs here, or else on the
 * default.
 */
export async function withStackRedis<T>(
  env: Environment,
  work: (redis: RedisConnection) => Promise<T>,
): Promise<T> {
  const settings = readConfig(stackSettings, env);
  const address = configuredRedis(settings) ?? runningStack(stateFolder())?.redis ?? DEFAULT;
  const redis = await connectRedis({ ...address, name: 'cli', commandTimeoutMs: 5_000 });
  try {
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}
