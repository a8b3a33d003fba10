import type { AddressGuard } from '@boomerang/address-guard';
import type { ClientStore, DeadLetterStore, SessionStore, TaskStore } from '@boomerang/domain';
import { MAX_DATAGRAM_BYTES, mostDatagramPayloadBytes } from '@boomerang/protocol';
import { certificateFiles } from './doors/shared/certificate.js';
import { TIME_LIMITS } from './doors/shared/limits.js';
import { createTcpServer } from './doors/tcp/server.js';
import type { GatewayLog } from './log.js';
import { type MemoryUse, MemoryWatch } from './memory-watch.js';
import type { GatewayMetrics } from './metrics.js';
import { createPerform } from './operations/perform.js';
import { KeyUses } from './operations/sessions/key-uses.js';
import { LiveKeys } from './operations/sessions/live-keys.js';
import { createSessions } from './operations/sessions/sessions.js';

interface Stores {
  readonly clients: ClientStore;
  readonly sessions: SessionStore;
  readonly tasks: TaskStore;
  readonly deadLetters: DeadLetterStore;
}

export interface GatewayDependencies {
  readonly stores: Stores;
  readonly guard: AddressGuard;
  readonly metrics: GatewayMetrics;
  readonly log: GatewayLog;
  /** How far the node of Redis is that is nearest to its maxmemory. */
  readonly readMemoryUse: () => Promise<MemoryUse>;
  readonly settings: GatewaySettings;
}

export interface GatewaySettings {
  readonly host: string;
  readonly tcpPort: number;
  readonly tcpMaxConnections: number;
  readonly tcpMaxConnectionsPerAddress: number;
  readonly tcpTlsCert: string | undefined;
  readonly tcpTlsKey: string | undefined;
  readonly redisTimeoutMs: number;
}

export interface Gateway {
  /** Opens the doors; the ports they listen on. */
  start(): Promise<{ tcp: number }>;
  close(): Promise<void>;
}

/**
 * Terminates connections, authenticates, keeps sessions, and turns requests into operations.
 *
 * @throws ConfigError if the settings don't go together.
 */
export function createGateway(deps: GatewayDependencies): Gateway {
  const { stores, guard, metrics, log, settings } = deps;
  const memory = new MemoryWatch({ readUse: deps.readMemoryUse, metrics, log });
  const requireRoom = (payloadBytes: number) => memory.requireRoom(payloadBytes);
  const datagrams = { mostBytes: MAX_DATAGRAM_BYTES, mostPayloadBytes: mostDatagramPayloadBytes };
  const { tasks, deadLetters, clients, sessions } = stores;
  const uses = new KeyUses(clients, log.keyUseNotNoted);
  const keys = new LiveKeys(clients, uses, log.keyEnded);
  const backend = {
    perform: createPerform({ tasks, deadLetters, datagrams, requireRoom }, settings.redisTimeoutMs),
    sessions: createSessions({ clients, sessions, guard, requireRoom, keys, uses }, settings.redisTimeoutMs),
  };
  const limits = {
    ...TIME_LIMITS,
    maxConnections: settings.tcpMaxConnections,
    maxConnectionsPerAddress: settings.tcpMaxConnectionsPerAddress,
  };
  const certificate = certificateFiles(settings.tcpTlsCert, settings.tcpTlsKey);
  const tcp = createTcpServer(
    { port: settings.tcpPort, host: settings.host, certificate },
    { backend, metrics, log, limits },
  );
  return {
    async start() {
      await memory.start();
      return { tcp: await tcp.start() };
    },
    async close() {
      memory.close();
      await tcp.close();
    },
  };
}
