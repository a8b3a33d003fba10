import { connect as connectSocket } from 'node:net';
import { DEFAULT_TCP_PORT } from '@boomerang/protocol';
import { type Connection, createConnection } from './connection.js';

export interface ConnectOptions {
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** Default 9973. */
  readonly port?: number;
  /** Called once when the connection is closed; with an error unless one of the two sides wished it so. */
  readonly onClose?: (error: Error | undefined) => void;
}

/** Connects to a gateway. Rejects if that fails; the connection is not made again when it breaks. */
export function connect(options: ConnectOptions = {}): Promise<Connection> {
  const { host = '127.0.0.1', port = DEFAULT_TCP_PORT, onClose } = options;
  return new Promise((resolve, reject) => {
    const socket = connectSocket({ host, port, noDelay: true, keepAlive: true });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(createConnection(socket, onClose));
    });
  });
}
