import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { GatewayLog } from '../../log.js';
import type { GatewayMetrics } from '../../metrics.js';
import { Admission } from '../shared/admission.js';
import type { CertificateFiles } from '../shared/certificate.js';
import { supplyCertificate } from '../shared/certificate-watch.js';
import { type DoorLimits, ENFORCE_EVERY_MS } from '../shared/limits.js';
import { TlsHandshakes } from '../shared/tls-handshakes.js';

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

/**
 * Accepts connections for gRPC as the TCP door does: so many in all and from one address, with TLS if there is a
 * certificate. A connection beyond the limits is closed: there is no frame that would tell a gRPC client why.
 */
export function createListener(
  { port, host, certificate, onConnection }: ListenerOptions,
  { metrics, log, limits }: ListenerDependencies,
): Listener {
  const admission = new Admission(limits);
  const tls = certificate && new TlsHandshakes({ limits, metrics, log }, ['h2']);
  let stopSupply: (() => void) | undefined;
  let beat: NodeJS.Timeout | undefined;
  let open = 0;

  function receive(socket: Socket): void {
    socket.on('error', (error) => log.connectionError(socket.remoteAddress, error));
    const refusal = admission.admit(socket);
    if (refusal) {
      metrics.closedConnection(refusal.code);
      log.refused(socket.remoteAddress, refusal);
      socket.destroy();
    } else if (tls) {
      tls.begin(socket, performance.now(), { onSecure: serve, onRefused: () => socket.destroy() });
    } else serve(socket);
  }

  function serve(connection: Socket): void {
    metrics.grpcConnections(++open);
    connection.once('close', () => metrics.grpcConnections(--open));
    onConnection(connection);
  }

  const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 }, receive);

  return {
    async start() {
      if (certificate && tls)
        stopSupply = await supplyCertificate(certificate, tls, { door: 'grpc', metrics, log });
      beat = setInterval(() => tls?.enforceLimits(performance.now()), ENFORCE_EVERY_MS);
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
      clearInterval(beat);
      stopSupply?.();
      tls?.close();
      // The gRPC server ends the open connections; here only the listening has to end.
      if (server.listening) server.close();
    },
  };
}
