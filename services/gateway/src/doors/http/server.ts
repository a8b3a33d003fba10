import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { CertificateFiles } from '@boomerang/runtime';
import type { FastifyInstance } from 'fastify';
import { createAcceptor } from '../shared/acceptor.js';
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
  /** What TLS is spoken with; undefined: none is. */
  readonly certificate: CertificateFiles | undefined;
  readonly limits: DoorLimits;
  /** Adds routes that are no part of the API, such as those of health and metrics. */
  readonly addRoutes: (app: FastifyInstance) => void;
}

/** The door for HTTP. */
export function createHttpServer(
  { port, host, certificate, limits, addRoutes }: HttpServerOptions,
  deps: HttpAppDependencies,
): HttpServer {
  const { metrics, log } = deps;
  const app = createHttpApp(deps, limits.unreadMs);
  addRoutes(app);
  const acceptor = createAcceptor(
    {
      door: 'http',
      language: 'HTTP/1.1',
      certificate,
      onConnection: takeOverConnections(app.server, (socket) => acceptor.receive(socket)),
      onCount: metrics.httpConnections,
    },
    { metrics, log, limits },
  );
  return {
    async start() {
      await acceptor.start();
      await app.listen({ port, host });
      return (app.server.address() as AddressInfo).port;
    },
    async close() {
      await app.close();
      acceptor.close();
    },
  };
}

/** Gives connections to `receive` that the server has accepted. The server serves those that the returned function is given. */
function takeOverConnections(server: Server, receive: (socket: Socket) => void): (socket: Socket) => void {
  const serve = server.listeners('connection');
  server.removeAllListeners('connection');
  server.on('connection', receive);
  return (socket) => {
    for (const listener of serve) listener.call(server, socket);
  };
}
