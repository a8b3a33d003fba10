import { type AddressInfo, createServer, type Socket } from 'node:net';
import { Admission } from './admission.js';
import { AwakeClock } from './awake-clock.js';
import type { CertificateFiles } from './certificate.js';
import { supplyCertificate } from './certificate-watch.js';
import { type ConnectionDependencies, TcpConnection } from './connection.js';
import { Farewells } from './farewells.js';
import { ENFORCE_EVERY_MS } from './limits.js';
import { type Refusal, refusalFrame } from './refusal.js';
import { TlsHandshakes } from './tls-handshakes.js';

export interface TcpServer {
  /** Listens, and returns the port. Rejects if it can't. */
  start(): Promise<number>;
  /** Accepts no more, answers what was read, and closes all connections. */
  close(): Promise<void>;
}

interface TcpServerOptions {
  readonly port: number;
  readonly host: string;
  /** What TLS is spoken with; undefined: none is. */
  readonly certificate: CertificateFiles | undefined;
}

/** The door for envelopes over TCP. */
export function createTcpServer(
  { port, host, certificate }: TcpServerOptions,
  dependencies: Omit<ConnectionDependencies, 'clock'>,
): TcpServer {
  const { limits, log, metrics } = dependencies;
  const clock = new AwakeClock();
  const deps = { ...dependencies, clock };
  const connections = new Set<TcpConnection>();
  const admission = new Admission(limits);
  const farewells = new Farewells(clock, limits.lingerMs);
  const tls = certificate && new TlsHandshakes(deps);
  let beat: NodeJS.Timeout | undefined;
  let stopSupply: (() => void) | undefined;

  function receive(socket: Socket): void {
    const since = clock.now;
    const refusal = admission.admit(socket);
    if (refusal) sendAway(socket, refusal);
    else if (!tls) serve(socket, since);
    else {
      tls.begin(socket, since, {
        onSecure: (secure) => serve(secure, since),
        onRefused: (why) => sendAway(socket, why),
      });
    }
  }

  function serve(socket: Socket, since: number): void {
    const connection = new TcpConnection(socket, deps, since);
    connections.add(connection);
    metrics.connections(connections.size);
    void connection.closed.then(() => {
      connections.delete(connection);
      metrics.connections(connections.size);
    });
  }

  function sendAway(socket: Socket, refusal: Refusal): void {
    metrics.closedConnection(refusal.code);
    log.refused(socket.remoteAddress, refusal);
    socket.on('error', (error) => log.connectionError(socket.remoteAddress, error));
    // Who connects to speak TLS can't read a frame, except who was found not to.
    const readable = !tls || refusal.code === 'TLS_EXPECTED';
    farewells.send(socket, readable ? refusalFrame(refusal) : undefined);
  }

  function enforceLimits(): void {
    clock.beat();
    for (const connection of connections) connection.enforceLimits();
    tls?.enforceLimits(clock.now);
    farewells.enforceLimits();
  }

  const options = { allowHalfOpen: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 };
  const server = createServer(options, receive);

  function listen(): Promise<number> {
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, () => {
        server.off('error', reject);
        server.on('error', log.acceptError);
        resolve((server.address() as AddressInfo).port);
      });
    });
  }

  return {
    async start() {
      if (tls) stopSupply = await supplyCertificate(certificate, tls, deps);
      const boundPort = await listen();
      beat = setInterval(enforceLimits, ENFORCE_EVERY_MS);
      return boundPort;
    },

    async close() {
      const stopped = new Promise((resolve) => server.close(resolve));
      farewells.close();
      tls?.close();
      for (const connection of connections) connection.end();
      await stopped;
      clearInterval(beat);
      stopSupply?.();
    },
  };
}
