import { createSparingWarn, type Logger } from '@boomerang/runtime';
import type { Door } from './door.js';
import type { Refusal } from './refusal.js';

/** Every message of the gateway. */
export interface GatewayLog {
  ready(ports: { tcp: number; grpc: number; http: number }): void;
  connectionError(address: string | undefined, err: Error): void;
  /** A connection was refused or ended, and its peer got the reason. */
  refused(address: string | undefined, refusal: Refusal): void;
  acceptError(err: Error): void;
  fewFileDescriptors(allowed: number, needed: number): void;
  tlsCertificate(door: Door, expiresAtMs: number): void;
  tlsCertificateRefused(door: Door, err: Error): void;
  certificateRulesRefused(err: Error): void;
  /** Events could not be read; they will be. */
  eventsUnread(err: unknown): void;
  /** Executions could not be offered to a daemon, or its entry could not be renewed. */
  assignmentFailed(daemonId: string, err: unknown): void;
  /** Sessions of a key were ended. Without a key id: sessions of the client that do not name their key. */
  keyEnded(key: { clientId: string; keyId: string | undefined }): void;
  keyUseNotNoted(err: unknown): void;
  limitsNotCounted(err: unknown): void;
  /** Entries of the audit log are lost. */
  auditLost(count: number, err: unknown): void;
  internalError(operation: string, err: unknown): void;
  /** Registrations are refused from now on, or no more. */
  memoryShort(share: number, short: boolean): void;
  memoryUnknown(err: unknown): void;
  summaryNotWritten(err: unknown): void;
  redisError(err: Error): void;
  redisWarning(problem: string): void;
}

export function createGatewayLog(logger: Logger): GatewayLog {
  const warn = createSparingWarn(logger);
  return {
    ready: (ports) => logger.info(ports, 'ready'),
    connectionError: (address, err) => logger.debug({ address, err }, 'connection error'),
    refused: (address, refusal) => logger.debug({ address, refusal }, 'connection refused'),
    acceptError: (err) => logger.error({ err }, 'a connection could not be accepted'),
    fewFileDescriptors: (allowed, needed) =>
      logger.warn({ allowed, needed }, 'fewer file descriptors than BOOMERANG_TCP_MAX_CONNECTIONS may need'),
    tlsCertificate: (door, expiresAtMs) =>
      logger.info({ door, expiresAt: new Date(expiresAtMs).toISOString() }, 'TLS certificate in use'),
    tlsCertificateRefused: (door, err) =>
      logger.error({ door, err }, 'TLS certificate not replaced: the one before stays in use'),
    certificateRulesRefused: (err) =>
      logger.error({ err }, 'clients of certificates not taken over: those of before stay in use'),
    eventsUnread: (err) => warn('events could not be read', err),
    assignmentFailed: (daemonId, err) => logger.warn({ daemonId, err }, 'executions could not be assigned'),
    keyEnded: ({ clientId, keyId }) =>
      logger.info(
        { clientId, keyId },
        'a key is not good any more: revoked or expired, or its client was removed; its sessions are ended',
      ),
    keyUseNotNoted: (err) => warn('could not note when a key was used last', err),
    auditLost: (count, err) => warn('entries of the audit log are lost', err, { count }),
    limitsNotCounted: (err) => warn("could not take what was let in out of clients' buckets", err),
    internalError: (operation, err) => logger.error({ operation, err }, 'internal error'),
    memoryShort: (share, short) =>
      short
        ? logger.warn({ share }, 'redis is short of memory: registrations are refused')
        : logger.info({ share }, 'redis has memory again: registrations are taken'),
    memoryUnknown: (err) => warn('could not read how much memory redis uses', err),
    summaryNotWritten: (err) => warn('summary of a second could not be written', err),
    redisError: (err) => warn('redis connection error', err),
    redisWarning: (problem) => logger.warn(problem),
  };
}
