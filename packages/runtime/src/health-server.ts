import type { AddressInfo } from 'node:net';
import { type FastifyInstance, fastify } from 'fastify';
import { type HealthChecks, registerHealthRoutes } from './health-routes.js';
import { withoutArguments } from './secrets/describe-error.js';

export interface HealthServerOptions extends HealthChecks {
  /** 0 picks a free one. */
  httpPort: number;
  /** Default: every IPv4 address. */
  host?: string;
  /**
   * Further resources that are answered as JSON: the function that reads each, by path. A failure is answered with 503.
   */
  resources?: Readonly<Record<string, () => Promise<object>>>;
}

export interface HealthServer {
  /** Starts to listen and returns the port. Throws if that fails. */
  start(): Promise<number>;
  /** Can be called twice. */
  close(): Promise<void>;
}

/** The HTTP server for `/livez`, `/readyz`, `/metrics` and further resources. */
export function createHealthServer({
  httpPort,
  host = '0.0.0.0',
  resources = {},
  ...checks
}: HealthServerOptions): HealthServer {
  const app = fastify({ forceCloseConnections: true });
  registerHealthRoutes(app, checks);
  for (const [path, read] of Object.entries(resources)) registerResource(app, path, read, checks);
  return {
    async start() {
      await app.listen({ port: httpPort, host });
      return (app.server.address() as AddressInfo).port;
    },
    close: () => app.close(),
  };
}

function registerResource(
  app: FastifyInstance,
  path: string,
  read: () => Promise<object>,
  { logger, redact }: Pick<HealthChecks, 'logger' | 'redact'>,
): void {
  app.get(path, async (_request, reply) => {
    reply.header('cache-control', 'no-store');
    try {
      return await read();
    } catch (err) {
      logger.warn({ path, err }, 'a resource could not be read');
      return reply
        .code(503)
        .send({ status: 'unavailable', reason: redact(withoutArguments((err as Error).message)) });
    }
  });
}
