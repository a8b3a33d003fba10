import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectSecure } from 'node:tls';
import { DEFAULT_TCP_PORT } from '@boomerang/protocol';
import { type Connection, createConnection } from './connection.js';

export interface TlsOptions {
  /** Certificates to trust instead of the public authorities', as PEM. */
  readonly ca?: string | Buffer;
  /** The name that the gateway's certificate has to be for. Default: `host`. */
  readonly serverName?: string;
}

export interface ConnectOptions {
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** Default 9973. */
  readonly port?: number;
  /** Speak TLS, 1.2 or later, and check the gateway's certificate. Default: plain TCP. */
  readonly tls?: boolean | TlsOptions;
  /** Called once when the connection is closed; with an error unless one of the two sides wished it so. */
  readonly onClose?: (error: Error | undefined) => void;
}

/**
 * Connects to a gateway. Rejects if that fails; the connection is not made again when it breaks. The gateway closes it
 * if it isn't used with a live session within 5 s.
 */
export function connect(options: ConnectOptions = {}): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const { socket, connected } = openSocket(options);
    socket.once('error', reject);
    socket.once(connected, () => {
      socket.off('error', reject);
      resolve(createConnection(socket, options.onClose));
    });
  });
}

/** A socket, and the event by which it tells that it is connected. */
function openSocket({ host = '127.0.0.1', port = DEFAULT_TCP_PORT, tls = false }: ConnectOptions): {
  socket: Socket;
  connected: 'connect' | 'secureConnect';
} {
  const address = { host, port, noDelay: true, keepAlive: true };
  if (tls === false) return { socket: connectPlain(address), connected: 'connect' };
  const { ca, serverName } = tls === true ? {} : tls;
  const socket = connectSecure({
    ...address,
    minVersion: 'TLSv1.2',
    ...(ca === undefined ? {} : { ca }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  });
  return { socket, connected: 'secureConnect' };
}
