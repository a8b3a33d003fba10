import type { Logger } from '@boomerang/runtime';
import type { Refusal } from './tcp/refusal.js';

/** Every message of the gateway. */
export interface GatewayLog {
  ready(ports: { tcp: number; http: number }): void;
  connectionError(address: string | undefined, err: Error): void;
  /** A peer was told why it is refused. */
  refused(address: string | undefined, refusal: Refusal): void;
  acceptError(err: Error): void;
  fewFileDescriptors(allowed: number, needed: number): void;
  tlsCertificate(expiresAtMs: number): void;
  tlsCertificateRefused(err: Error): void;
  internalError(operation: string, err: unknown): void;
  redisError(err: Error): void;
}

export function createGatewayLog(logger: Logger): GatewayLog {
  return {
    ready: (ports) => logger.info(ports, 'ready'),
    connectionError: (address, err) => logger.debug({ address, err }, 'connection error'),
    refused: (address, refusal) => logger.debug({ address, refusal }, 'connection refused'),
    acceptError: (err) => logger.error({ err }, 'a connection could not be accepted'),
    fewFileDescriptors: (allowed, needed) =>
      logger.warn({ allowed, needed }, 'fewer file descriptors than BOOMERANG_TCP_MAX_CONNECTIONS may need'),
    tlsCertificate: (expiresAtMs) =>
      logger.info({ expiresAt: new Date(expiresAtMs).toISOString() }, 'TLS certificate in use'),
    tlsCertificateRefused: (err) =>
      logger.error({ err }, 'TLS certificate not replaced: the one before stays in use'),
    internalError: (operation, err) => logger.error({ operation, err }, 'internal error'),
    redisError: (err) => logger.warn({ err }, 'redis connection error'),
  };
}
