import type { Socket } from 'node:net';
import type { CertificateFiles } from '@boomerang/runtime';
import type { Door } from '../../door.js';
import type { GatewayLog } from '../../log.js';
import type { GatewayMetrics } from '../../metrics.js';
import type { Refusal } from '../../refusal.js';
import { Admission } from './admission.js';
import { AwakeClock } from './awake-clock.js';
import { Farewells } from './farewells.js';
import { type DoorLimits, ENFORCE_EVERY_MS } from './limits.js';
import { httpLanguageOf, refusalInHttp } from './refusal-in-http.js';
import { supplyCertificate } from './supply-certificate.js';
import { TlsHandshakes } from './tls-handshakes.js';

interface AcceptorOptions {
  readonly door: Door;
  /** What is spoken behind the door. */
  readonly language: 'HTTP/1.1' | 'HTTP/2';
  /** What TLS is spoken with; undefined: none is. */
  readonly certificate: CertificateFiles | undefined;
  /** Takes a connection that is let in. */
  readonly onConnection: (connection: Socket) => void;
  /** Hears how many connections are open. */
  readonly onCount: (open: number) => void;
}

interface AcceptorDependencies {
  readonly metrics: GatewayMetrics;
  readonly log: GatewayLog;
  readonly limits: DoorLimits;
}

export interface Acceptor {
  receive(socket: Socket): void;
  /** Rejects with a ConfigError if there has to be a certificate, and the files hold none. */
  start(): Promise<void>;
  /** Drops handshakes that are under way. */
  close(): void;
}

/** ALPN's name for a protocol. */
const ALPN = { 'HTTP/1.1': 'http/1.1', 'HTTP/2': 'h2' } as const;

/**
 * Lets connections in for HTTP and gRPC as the TCP door does: so many in all and from one address, with TLS if there is a
 * certificate. A connection beyond the limits is closed: it has asked nothing that could be answered.
 */
export function createAcceptor(
  { door, language, certificate, onConnection, onCount }: AcceptorOptions,
  { metrics, log, limits }: AcceptorDependencies,
): Acceptor {
  const clock = new AwakeClock();
  const admission = new Admission(limits);
  const farewells = new Farewells(clock, limits.lingerMs);
  const tls = certificate && new TlsHandshakes({ limits, metrics, log }, certificate, [ALPN[language]]);
  let stopSupply: (() => void) | undefined;
  let beat: NodeJS.Timeout | undefined;
  let open = 0;

  function sendAway(socket: Socket, refusal: Refusal, spoken: Refusal['language']): void {
    noteRefusal(socket, refusal);
    farewells.send(socket, spoken && refusalInHttp(refusal, spoken));
  }

  function noteRefusal(socket: Socket, refusal: Refusal): void {
    metrics.closedConnection(refusal.code);
    log.refused(socket.remoteAddress, refusal);
  }

  function serve(connection: Socket): void {
    onCount(++open);
    connection.once('close', () => onCount(--open));
    onConnection(connection);
  }

  return {
    receive(socket) {
      socket.on('error', (error) => log.connectionError(socket.remoteAddress, error));
      const refusal = admission.admit(socket);
      if (refusal) {
        noteRefusal(socket, refusal);
        socket.destroy();
      } else if (!tls) serve(socket);
      else
        tls.begin(socket, clock.now, {
          onSecure: serve,
          onPlain: (why, beginning) => sendAway(socket, why, httpLanguageOf(beginning)),
          onUntrusted: (secured, why) => sendAway(secured, why, language),
        });
    },

    async start() {
      if (!certificate || !tls) return;
      stopSupply = await supplyCertificate(certificate, tls, { door, metrics, log });
      beat = setInterval(() => {
        clock.beat();
        tls.enforceLimits(clock.now);
        farewells.enforceLimits();
      }, ENFORCE_EVERY_MS);
    },

    close() {
      clearInterval(beat);
      stopSupply?.();
      tls?.close();
      farewells.close();
    },
  };
}
