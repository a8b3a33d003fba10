import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { CertificateFiles } from '@boomerang/runtime';
import type { Refusal } from '../../refusal.js';
import { Admission } from '../shared/admission.js';
import { AwakeClock } from '../shared/awake-clock.js';
import { Farewells } from '../shared/farewells.js';
import { ENFORCE_EVERY_MS, OTHER_FILE_DESCRIPTORS } from '../shared/limits.js';
import { openFilesLimit } from '../shared/open-files-limit.js';
import { supplyCertificate } from '../shared/supply-certificate.js';
import { TlsHandshakes } from '../shared/tls-handshakes.js';
import { type ConnectionDependencies, TcpConnection } from './connection.js';
import { refusalBytes } from './refusal-frame.js';
import { refusalOfHttp } from './stranger.js';
import { Turns } from './turns.js';

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

const SOCKET_OPTIONS = {
  allowHalfOpen: true,
  noDelay: true,
  keepAlive: true,
  keepAliveInitialDelay: 60_000,
  // Nothing is read from a new connection before its turn.
  pauseOnConnect: true,
};

/** Refusals that are given after the peer has said something, or shown a certificate. */
const AFTER_BYTES: ReadonlySet<string> = new Set(['TLS_EXPECTED', 'CERTIFICATE_REFUSED']);

/** The door for envelopes over TCP. */
export function createTcpServer(
  { port, host, certificate }: TcpServerOptions,
  dependencies: Omit<ConnectionDependencies, 'clock' | 'turns'>,
): TcpServer {
  const { limits, log, metrics } = dependencies;
  const clock = new AwakeClock();
  const turns = new Turns();
  const deps = { ...dependencies, clock, turns };
  const connections = new Set<TcpConnection>();
  const admission = new Admission(limits);
  const farewells = new Farewells(clock, limits.lingerMs);
  const tls = certificate && new TlsHandshakes(deps, certificate);
  let closing = false;
  let beat: NodeJS.Timeout | undefined;
  let stopSupply: (() => void) | undefined;

  function receive(socket: Socket): void {
    const since = clock.now;
    socket.on('error', (error) => log.connectionError(socket.remoteAddress, error));
    const refusal = admission.admit(socket);
    turns.add(() => {
      if (closing) socket.destroy();
      else if (refusal) sendAway(socket, refusal);
      else if (tls) secure(socket, since, tls);
      else serve(socket, since);
    });
  }

  function secure(socket: Socket, since: number, handshakes: TlsHandshakes): void {
    handshakes.begin(socket, since, {
      onSecure: (secured) => serve(secured, since),
      onPlain: (why, beginning) => sendAway(socket, refusalOfHttp(beginning) ?? why),
      onUntrusted: (secured, why) => sendAway(secured, why),
    });
    socket.resume();
  }

  function serve(socket: Socket, since: number): void {
    const connection = new TcpConnection(socket, deps, since);
    connections.add(connection);
    socket.resume();
    metrics.connections(connections.size);
    void connection.closed.then(() => {
      connections.delete(connection);
      metrics.connections(connections.size);
    });
  }

  function sendAway(socket: Socket, refusal: Refusal): void {
    metrics.closedConnection(refusal.code);
    log.refused(socket.remoteAddress, refusal);
    // A peer that speaks TLS could not read a frame before the handshake; one that speaks no TLS can.
    const readable = !tls || AFTER_BYTES.has(refusal.code) || refusal.language !== undefined;
    farewells.send(socket, readable ? refusalBytes(refusal) : undefined);
  }

  function enforceLimits(): void {
    clock.beat();
    for (const connection of connections) {
      if (connection.overdue) turns.add(() => connection.enforceLimits());
    }
    tls?.enforceLimits(clock.now);
    farewells.enforceLimits();
  }

  const server = createServer(SOCKET_OPTIONS, receive);

  async function warnOfFewFileDescriptors(): Promise<void> {
    const allowed = await openFilesLimit();
    const needed = limits.maxConnections + OTHER_FILE_DESCRIPTORS;
    if (allowed !== undefined && allowed < needed) log.fewFileDescriptors(allowed, needed);
  }

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
      if (tls) stopSupply = await supplyCertificate(certificate, tls, { door: 'tcp', metrics, log });
      await warnOfFewFileDescriptors();
      const boundPort = await listen();
      beat = setInterval(enforceLimits, ENFORCE_EVERY_MS);
      return boundPort;
    },

    async close() {
      closing = true;
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
