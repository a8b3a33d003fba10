import { type AddressInfo, createServer } from 'node:net';
import { type ConnectionDependencies, TcpConnection } from './connection.js';

export interface TcpServer {
  /** Listens, and returns the port. Rejects if it can't. */
  start(): Promise<number>;
  /** Accepts no more, answers what was read, and closes all connections. */
  close(): Promise<void>;
}

/** The door for envelopes over TCP. */
export function createTcpServer(
  { port, host }: { port: number; host: string },
  deps: ConnectionDependencies,
): TcpServer {
  const connections = new Set<TcpConnection>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const connection = new TcpConnection(socket, deps);
    connections.add(connection);
    deps.metrics.connections(connections.size);
    void connection.closed.then(() => {
      connections.delete(connection);
      deps.metrics.connections(connections.size);
    });
  });

  return {
    start: () =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
      }),

    async close() {
      const stopped = new Promise((resolve) => server.close(resolve));
      for (const connection of connections) connection.end();
      await stopped;
    },
  };
}
