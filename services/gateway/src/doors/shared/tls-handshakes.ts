import type { Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import type { Certificate, CertificateFiles } from '@boomerang/runtime';
import type { GatewayLog } from '../../log.js';
import type { GatewayMetrics } from '../../metrics.js';
import type { Refusal } from '../../refusal.js';
import type { DoorLimits } from './limits.js';
import { certificateRefused, TLS_EXPECTED } from './refusals.js';

/** What every TLS connection begins with: a record of type handshake. */
const HANDSHAKE_RECORD = 0x16;

interface Outcome {
  /** The handshake is done. */
  onSecure(socket: TLSSocket): void;
  /** The peer doesn't speak TLS; these are its first bytes. */
  onPlain(refusal: Refusal, beginning: Buffer): void;
  /** The handshake is done, but the peer has shown a certificate that isn't trusted. */
  onUntrusted(socket: TLSSocket, refusal: Refusal): void;
}

interface Handshake extends Outcome {
  readonly socket: Socket;
  readonly since: number;
}

interface HandshakeDependencies {
  readonly limits: DoorLimits;
  readonly metrics: GatewayMetrics;
  readonly log: GatewayLog;
}

/** Makes TLS connections of accepted connections, with the certificate that was given last. */
export class TlsHandshakes {
  readonly #server: Server;
  readonly #underWay = new Map<string, Handshake>();

  /** @param protocols what is offered by ALPN; absent: no ALPN. */
  constructor(
    private readonly deps: HandshakeDependencies,
    files: Pick<CertificateFiles, 'clientCa'>,
    protocols?: string[],
  ) {
    this.#server = createServer({
      minVersion: 'TLSv1.2',
      ...(protocols && { ALPNProtocols: protocols }),
      // Asked for, not required: keys are taken beside certificates. A certificate that isn't trusted is refused below.
      requestCert: files.clientCa !== undefined,
      rejectUnauthorized: false,
    });
    this.#server.on('secureConnection', (secure) => this.#onSecure(secure));
    this.#server.on('tlsClientError', (error, { remoteAddress }) =>
      deps.log.connectionError(remoteAddress, error),
    );
  }

  /** Sets the certificate of handshakes that begin from now on; open connections are not affected. */
  use({ cert, key, clientCa }: Certificate): void {
    this.#server.setSecureContext({ cert, key, minVersion: 'TLSv1.2', ...(clientCa && { ca: clientCa }) });
  }

  /** @param since when the peer connected, by the door's clock. */
  begin(socket: Socket, since: number, outcome: Outcome): void {
    const peer = peerOf(socket);
    this.#underWay.set(peer, { ...outcome, socket, since });
    // A peer that ends its side during the handshake has gone.
    socket.allowHalfOpen = false;
    socket.once('close', () => {
      if (this.#underWay.delete(peer)) this.deps.metrics.closedConnection('TLS_FAILED');
    });
    socket.once('data', (chunk: Buffer) => this.#onFirstBytes(socket, peer, chunk));
  }

  /** Cuts peers whose handshake takes too long. */
  enforceLimits(now: number): void {
    for (const [peer, { socket, since }] of this.#underWay) {
      if (now - since <= this.deps.limits.sessionMs) continue;
      this.#underWay.delete(peer);
      this.deps.metrics.closedConnection('NO_SESSION');
      socket.destroy();
    }
  }

  close(): void {
    for (const { socket } of this.#underWay.values()) socket.destroy();
    this.#underWay.clear();
  }

  #onFirstBytes(socket: Socket, peer: string, chunk: Buffer): void {
    if (chunk[0] === HANDSHAKE_RECORD) {
      socket.pause();
      socket.unshift(chunk);
      this.#server.emit('connection', socket);
      return;
    }
    const handshake = this.#underWay.get(peer);
    this.#underWay.delete(peer);
    handshake?.onPlain(TLS_EXPECTED, chunk);
  }

  #onSecure(secure: TLSSocket): void {
    const peer = peerOf(secure);
    const handshake = this.#underWay.get(peer);
    this.#underWay.delete(peer);
    secure.allowHalfOpen = true;
    if (!handshake) secure.destroy();
    else if (!secure.authorized && secure.getPeerX509Certificate())
      handshake.onUntrusted(secure, certificateRefused(String(secure.authorizationError)));
    else handshake.onSecure(secure);
  }
}

/** Tells connections that are open at the same time apart. */
function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
