import { resolve } from 'node:path';
import { type RedisAddress, redisAddress } from '@boomerang/redis';
import type { ConfigOf } from '@boomerang/runtime';
import type { stackSettings } from './settings.js';

type Settings = Pick<ConfigOf<typeof stackSettings>, 'redisUrl' | 'redisSentinelMaster' | 'redisTlsCa'>;

/**
 * The Redis of the settings; undefined if none is set.
 *
 * @throws when a setting is there that only counts together with a URL.
 */
export function configuredRedis(settings: Settings): RedisAddress | undefined {
  const { redisUrl, redisSentinelMaster, redisTlsCa } = settings;
  if (redisUrl) {
    // Services have a working directory of their own.
    return redisAddress({
      redisUrl,
      redisSentinelMaster,
      redisTlsCa: redisTlsCa === undefined ? undefined : resolve(redisTlsCa),
    });
  }
  if (redisSentinelMaster !== undefined) refuse('BOOMERANG_REDIS_SENTINEL_MASTER');
  if (redisTlsCa !== undefined) refuse('BOOMERANG_REDIS_TLS_CA');
  return undefined;
}

function refuse(variable: string): never {
  throw new Error(`${variable} is set, but BOOMERANG_REDIS_URL isn't`);
}
