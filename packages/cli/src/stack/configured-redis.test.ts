import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { configuredRedis } from './configured-redis.js';

const none = { redisUrl: undefined, redisSentinelMaster: undefined, redisTlsCa: undefined };

test('all settings of Redis are taken, and a file is found from another folder too', () => {
  const settings = { redisUrl: ['rediss://a', 'rediss://b'], redisSentinelMaster: 'm', redisTlsCa: 'ca.pem' };
  expect(configuredRedis(settings)).toEqual({
    url: 'rediss://a,rediss://b',
    sentinelMaster: 'm',
    tlsCa: resolve('ca.pem'),
  });
});

test('without any of them there is none; one that belongs to a URL is refused without it', () => {
  expect(configuredRedis(none)).toBeUndefined();
  expect(() => configuredRedis({ ...none, redisSentinelMaster: 'm' })).toThrow(
    "BOOMERANG_REDIS_SENTINEL_MASTER is set, but BOOMERANG_REDIS_URL isn't",
  );
  expect(() => configuredRedis({ ...none, redisTlsCa: 'ca.pem' })).toThrow(
    "BOOMERANG_REDIS_TLS_CA is set, but BOOMERANG_REDIS_URL isn't",
  );
});
