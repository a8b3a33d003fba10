import type { AddressInfo, Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { Admission } from '../shared/admission.js';
import type { DoorLimits } from '../shared/limits.js';
import { createHttpApp, type HttpAppDependencies } from './http-app.js';

export interface HttpServer {
  /** Listens, and returns the port. Rejects if it can't. */
  start(): Promise<number>;
  /** Accepts no more, answers what is under way, and closes all connections. Can be called twice. */
  close(): Promise<void>;
}

export interface HttpServerOptions {
  readonly port: number;
  readonly host: string;
  readonly limits: DoorLimits;
  /** Adds routes that are no part of the API, such as those of health and metrics. */
  readonly addRoutes: (app: FastifyInstance) => void;
}

/** The door for HTTP. */
export function createHttpServer(
  { port, host, limits, addRoutes }: HttpServerOptions,
  deps: HttpAppDependencies,
): HttpServer {
  const { metrics, log } = deps;
  const app = createHttpApp(deps, limits.unreadMs);
  addRoutes(app);
  const admission = new Admission(limits);
  let open = 0;
  app.server.on('connection', (socket: Socket) => {
    socket.on('error', (error) => log.connectionError(socket.remoteAddress, error));
    const refusal = admission.admit(socket);
    if (refusal) {
      metrics.closedConnection(refusal.code);
      log.refused(socket.remoteAddress, refusal);
      socket.destroy();
      return;
    }
    metrics.httpConnections(++open);
    socket.once('close', () => metrics.httpConnections(--open));
  });
  return {
    async start() {
      await app.listen({ port, host });
      return (app.server.address() as AddressInfo).port;
    },
    close: () => app.close(),
  };
}
