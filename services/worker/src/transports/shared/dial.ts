import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { AddressGuard } from '@boomerang/address-guard';
import type { HostPort } from '@boomerang/domain';
import type { OwnCertificate } from './own-certificate.js';

export interface DialOptions {
  readonly guard: AddressGuard;
  readonly timeoutMs: number;
  /** Aborts the connecting. */
  readonly signal: AbortSignal;
  /** Names the protocol to agree on with the receiver by TLS; absent: no TLS. */
  readonly tlsProtocol: string | undefined;
  /** What receivers are shown that ask for a certificate; absent: none. */
  readonly ownCertificate?: OwnCertificate | undefined;
}

/**
 * Connects only to an address that the guard allows. It checks a literal address, all addresses that a name resolves to,
 * and the one that was connected. The socket keeps a listener for errors: its user looks at `destroyed` and listens for
 * `close`.
 */
export async function dial({ host, port }: HostPort, options: DialOptions): Promise<Socket> {
  const { guard, timeoutMs, signal, tlsProtocol, ownCertificate } = options;
  guard.checkLiteral(host, port);
  signal.throwIfAborted();
  let socket = connect({ host, port, lookup: guard.lookupFor(port), noDelay: true });
  const abort = () => socket.destroy(signal.reason);
  const timer = setTimeout(() => socket.destroy(new Error(`no connection in ${timeoutMs} ms`)), timeoutMs);
  signal.addEventListener('abort', abort);
  try {
    await connected(socket, 'connect');
    guard.checkDialled({ host, port }, socket);
    if (tlsProtocol !== undefined) {
      socket = secured(socket, host, tlsProtocol, ownCertificate);
      await connected(socket, 'secureConnect');
    }
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}

async function connected(socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> {
  socket.on('error', () => undefined);
  await once(socket, event);
}

function secured(socket: Socket, host: string, protocol: string, own: OwnCertificate | undefined): Socket {
  const name = isIP(host) ? {} : { servername: host };
  return connectTls({ socket, host, ...name, ...own?.current(), ALPNProtocols: [protocol] });
}
