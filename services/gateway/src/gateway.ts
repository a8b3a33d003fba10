import type { GatewayLog } from './log.js';
import type { GatewayMetrics } from './metrics.js';
import { createOperations, type Stores } from './operations/operations.js';
import { createTcpServer } from './tcp/server.js';

export interface GatewayDependencies {
  readonly stores: Stores;
  readonly metrics: GatewayMetrics;
  readonly log: GatewayLog;
  readonly settings: { readonly tcpPort: number; readonly host: string };
}

export interface Gateway {
  /** Opens the doors; the ports they listen on. */
  start(): Promise<{ tcp: number }>;
  close(): Promise<void>;
}

/** Terminates connections, authenticates, keeps sessions, and turns requests into operations. */
export function createGateway({ stores, metrics, log, settings }: GatewayDependencies): Gateway {
  const operations = createOperations(stores);
  const tcp = createTcpServer({ port: settings.tcpPort, host: settings.host }, { operations, metrics, log });
  return {
    start: async () => ({ tcp: await tcp.start() }),
    close: () => tcp.close(),
  };
}
