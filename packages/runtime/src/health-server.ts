import type { AddressInfo } from 'node:net';
import { fastify } from 'fastify';
import { type HealthChecks, registerHealthRoutes } from './health-routes.js';

export interface HealthServerOptions extends HealthChecks {
  /** 0 picks a free one. */
  httpPort: number;
  /** Default: every IPv4 address. */
  host?: string;
}

export interface HealthServer {
  /** Listens, and returns the port. Throws if it can't. */
  start(): Promise<number>;
  /** Can be called twice. */
  close(): Promise<void>;
}

/** The HTTP server of a service that has no other: `/livez`, `/readyz` and `/metrics`. */
export function createHealthServer({
  httpPort,
  host = '0.0.0.0',
  ...checks
}: HealthServerOptions): HealthServer {
  const app = fastify({ forceCloseConnections: true });
  registerHealthRoutes(app, checks);
  return {
    async start() {
      await app.listen({ port: httpPort, host });
      return (app.server.address() as AddressInfo).port;
    },
    close: () => app.close(),
  };
}
