import type { RedisAddress } from '@boomerang/redis';
import { expect, test } from 'vitest';
import { serviceEnvironment } from './service-environment.js';

const options = {
  env: { PATH: '/bin', BOOMERANG_LEASE_MS: '5000', BOOMERANG_HTTP_PORT: '0' },
  redis: { url: 'redis://127.0.0.1:1' },
  host: '127.0.0.1',
  keyPepper: 'pepper',
  masterKey: Buffer.alloc(32, 1),
  ports: { tcp: 1, http: 2, scheduler: 3, worker: 4, grpc: 5 },
};

test('settings are passed on, and each service gets its own port', () => {
  expect(serviceEnvironment('gateway', options)).toMatchObject({
    PATH: '/bin',
    BOOMERANG_LEASE_MS: '5000',
    BOOMERANG_TCP_PORT: '1',
    BOOMERANG_HTTP_PORT: '2',
    BOOMERANG_GRPC_PORT: '5',
    BOOMERANG_SPAGE_ANONYMOUS_CLIENT: 'dev',
    BOOMERANG_KEY_PEPPER: 'pepper',
    BOOMERANG_MASTER_KEY: Buffer.alloc(32, 1).toString('base64'),
  });
  expect(serviceEnvironment('scheduler', options).BOOMERANG_HTTP_PORT).toBe('3');
  expect(serviceEnvironment('worker', options).BOOMERANG_HTTP_PORT).toBe('4');
});

test('services work on the Redis that the stack has chosen, with all that belongs to it', () => {
  const of = (redis: RedisAddress, env = {}) => {
    const environment = serviceEnvironment('worker', { ...options, redis, env });
    const { BOOMERANG_REDIS_URL, BOOMERANG_REDIS_SENTINEL_MASTER, BOOMERANG_REDIS_TLS_CA } = environment;
    return [BOOMERANG_REDIS_URL, BOOMERANG_REDIS_SENTINEL_MASTER, BOOMERANG_REDIS_TLS_CA];
  };
  const chosen = { url: 'rediss://one', sentinelMaster: 'timers', tlsCa: '/ca.pem' };
  expect(of(chosen)).toEqual(['rediss://one', 'timers', '/ca.pem']);
  const others = { BOOMERANG_REDIS_SENTINEL_MASTER: 'other', BOOMERANG_REDIS_TLS_CA: 'other.pem' };
  expect(of({ url: 'redis://own' }, others)).toEqual(['redis://own', undefined, undefined]);
});

test('loopback callbacks are allowed unless the setting is there, be it empty', () => {
  const allow = (env: Record<string, string>) =>
    serviceEnvironment('worker', { ...options, env }).BOOMERANG_CALLBACK_ALLOW;
  expect(allow({})).toBe('127.0.0.0/8,::1/128');
  expect(allow({ BOOMERANG_CALLBACK_ALLOW: '' })).toBe('');
  expect(allow({ BOOMERANG_CALLBACK_ALLOW: '10.0.0.0/8' })).toBe('10.0.0.0/8');
});

test("callbacks to the services' own ports are denied besides what the setting denies", () => {
  const deny = (env: Record<string, string>) =>
    serviceEnvironment('gateway', { ...options, env }).BOOMERANG_CALLBACK_DENY;
  const own = '127.0.0.1:1,127.0.0.1:2,127.0.0.1:3,127.0.0.1:4,127.0.0.1:5';
  expect(deny({})).toBe(own);
  expect(deny({ BOOMERANG_CALLBACK_DENY: ' ' })).toBe(own);
  expect(deny({ BOOMERANG_CALLBACK_DENY: '10.0.0.0/8, *:22' })).toBe(`10.0.0.0/8, *:22,${own}`);
});
