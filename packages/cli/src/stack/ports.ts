import { createServer } from 'node:net';
import { freePort } from '@boomerang/redis-server';

export interface StackPorts {
  readonly tcp: number;
  readonly grpc: number;
  readonly http: number;
  readonly scheduler: number;
  readonly worker: number;
}

export interface PortSettings {
  /** 0 picks a free one. */
  readonly tcpPort: number;
  /** 0 picks a free one. */
  readonly grpcPort: number;
  /** Scheduler and worker take the two after it; 0 picks free ones. */
  readonly httpPort: number;
  readonly host: string;
}

/**
 * Chooses the ports of all services, so that a service that is started again has the same port.
 *
 * @throws when one of them is not free: another program that listens there must not be taken for a service of the stack.
 */
export async function choosePorts({ tcpPort, grpcPort, httpPort, host }: PortSettings): Promise<StackPorts> {
  const chosen = new Set<number>();
  const choose = async (wanted: number, variable: string) => {
    if (wanted !== 0) await requireFree(wanted, host, variable);
    let port = wanted || (await freePort());
    while (chosen.has(port) && wanted === 0) port = await freePort();
    if (chosen.has(port)) throw new Error(`port ${port} (${variable}) is chosen for two services`);
    chosen.add(port);
    return port;
  };
  const after = (count: number) => (httpPort === 0 ? 0 : httpPort + count);
  const tcp = await choose(tcpPort, 'BOOMERANG_TCP_PORT');
  const grpc = await choose(grpcPort, 'BOOMERANG_GRPC_PORT');
  const http = await choose(httpPort, 'BOOMERANG_HTTP_PORT');
  const scheduler = await choose(after(1), 'BOOMERANG_HTTP_PORT + 1');
  return { tcp, grpc, http, scheduler, worker: await choose(after(2), 'BOOMERANG_HTTP_PORT + 2') };
}

function requireFree(port: number, host: string, variable: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'is taken' : `can't be used (${error.message})`;
      reject(new Error(`port ${port} on ${host} (${variable}) ${why}; 0 picks a free one`));
    });
    probe.listen({ port, host }, () => probe.close(() => resolve()));
  });
}
