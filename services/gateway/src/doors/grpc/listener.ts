import { type AddressInfo, createServer } from 'node:net';
import type { Duplex } from 'node:stream';
import type { CertificateFiles } from '@boomerang/runtime';
import type { GatewayLog } from '../../log.js';
import type { GatewayMetrics } from '../../metrics.js';
import { createAcceptor } from '../shared/acceptor.js';
import type { DoorLimits } from '../shared/limits.js';

export interface Listener {
  /** Listens, and returns the port. Rejects if it can't. */
  start(): Promise<number>;
  /** Accepts no more and drops handshakes that are under way. */
  close(): Promise<void>;
}

interface ListenerOptions {
  readonly port: number;
  readonly host: string;
  /** What TLS is spoken with; undefined: HTTP/2 in clear text, from its first byte. */
  readonly certificate: CertificateFiles | undefined;
  /** Takes a connection that is let in. */
  readonly onConnection: (connection: Duplex) => void;
}

interface ListenerDependencies {
  readonly metrics: GatewayMetrics;
  readonly log: GatewayLog;
  readonly limits: DoorLimits;
}

/** Listens for connections of gRPC, which the acceptor lets in. */
export function createListener(
  { port, host, certificate, onConnection }: ListenerOptions,
  deps: ListenerDependencies,
): Listener {
  const { metrics, log } = deps;
  const acceptor = createAcceptor(
    { door: 'grpc', language: 'HTTP/2', certificate, onConnection, onCount: metrics.grpcConnections },
    deps,
  );
  const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 }, (socket) =>
    acceptor.receive(socket),
  );

  return {
    async start() {
      await acceptor.start();
      return new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, () => {
          server.off('error', reject);
          server.on('error', log.acceptError);
          resolve((server.address() as AddressInfo).port);
        });
      });
    },

    async close() {
      acceptor.close();
      // The gRPC server ends the open connections; here only the listening has to end.
      if (server.listening) server.close();
    },
  };
}
