import type { Logger } from '@boomerang/runtime';

/** Every message of the gateway. */
export interface GatewayLog {
  ready(ports: { tcp: number; http: number }): void;
  connectionError(address: string | undefined, err: Error): void;
  internalError(operation: string, err: unknown): void;
  redisError(err: Error): void;
}

export function createGatewayLog(logger: Logger): GatewayLog {
  return {
    ready: (ports) => logger.info(ports, 'ready'),
    connectionError: (address, err) => logger.debug({ address, err }, 'connection error'),
    internalError: (operation, err) => logger.error({ operation, err }, 'internal error'),
    redisError: (err) => logger.warn({ err }, 'redis connection error'),
  };
}
