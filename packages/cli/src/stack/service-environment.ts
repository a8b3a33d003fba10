import type { RedisAddress } from '@boomerang/redis';
import type { Environment } from '@boomerang/runtime';
import type { ServiceName } from '../service/spawn-service.js';
import { DEV_CLIENT } from './dev-token.js';
import type { StackPorts } from './ports.js';

export interface ServiceEnvironmentOptions {
  /** What is passed on. */
  readonly env: Environment;
  readonly redis: RedisAddress;
  readonly host: string;
  readonly keyPepper: string;
  readonly masterKey: Buffer;
  readonly ports: StackPorts;
}

const LOOPBACK = '127.0.0.0/8,::1/128';

/**
 * The environment of one service of a stack. Callbacks to loopback are allowed unless the setting says otherwise, except to
 * the services' own ports.
 */
export function serviceEnvironment(name: ServiceName, options: ServiceEnvironmentOptions): NodeJS.ProcessEnv {
  const { env, redis, host, keyPepper, masterKey, ports } = options;
  const ownPorts = Object.values(ports).map((own) => `127.0.0.1:${own}`);
  const denied = env.BOOMERANG_CALLBACK_DENY?.trim();
  const port = { gateway: ports.http, scheduler: ports.scheduler, worker: ports.worker }[name];
  return {
    ...env,
    BOOMERANG_REDIS_URL: redis.url,
    BOOMERANG_REDIS_SENTINEL_MASTER: redis.sentinelMaster,
    BOOMERANG_REDIS_TLS_CA: redis.tlsCa,
    BOOMERANG_HOST: host,
    BOOMERANG_HTTP_PORT: String(port),
    BOOMERANG_TCP_PORT: String(ports.tcp),
    BOOMERANG_GRPC_PORT: String(ports.grpc),
    BOOMERANG_SPAGE_ANONYMOUS_CLIENT: env.BOOMERANG_SPAGE_ANONYMOUS_CLIENT ?? DEV_CLIENT,
    BOOMERANG_KEY_PEPPER: keyPepper,
    BOOMERANG_MASTER_KEY: masterKey.toString('base64'),
    BOOMERANG_CALLBACK_ALLOW: env.BOOMERANG_CALLBACK_ALLOW ?? LOOPBACK,
    BOOMERANG_CALLBACK_DENY: [...(denied ? [denied] : []), ...ownPorts].join(','),
  };
}
