import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectSecure } from 'node:tls';
import { DEFAULT_TCP_PORT } from '@boomerang/protocol';
import { checkHost, checkPort } from '../arguments/check-address.js';
import { checkOptions, type OptionNames } from '../arguments/check-options.js';
import { checkFunction } from '../arguments/check-values.js';
import { Channel } from './channel.js';
import { ConnectError } from './connect-error.js';
import { type Connection, createConnection } from './connection.js';
import { ConnectionClosedError } from './connection-closed-error.js';
import { explainConnectFailure } from './explain-connect-failure.js';
import { hostPort } from './host-port.js';
import { checkSignal, checkTimeout } from './request-options.js';
import { withinLimit } from './time-limit.js';
import { checkTls, type TlsOptions } from './tls-options.js';

export interface ConnectOptions {
  /** A name or an address. Default `127.0.0.1`. */
  readonly host?: string;
  /** The gateway's port for envelopes over TCP, 1 to 65535. Default 9973. */
  readonly port?: number;
  /** Speak TLS, 1.2 or later, and check the gateway's certificate. Default: plain TCP. */
  readonly tls?: boolean | TlsOptions;
  /** Milliseconds in which the connection has to be made, TLS included: 1 to 2,147,483,647. Default 10,000. */
  readonly timeoutMs?: number;
  /**
   * Milliseconds in which each request on this connection has to be answered, unless it says otherwise itself: 1 to
   * 2,147,483,647. Default 10,000.
   */
  readonly requestTimeoutMs?: number;
  /** Gives up connecting when it is aborted. */
  readonly signal?: AbortSignal;
  /**
   * Called once when the connection is closed: with nothing if `close()` was called here, otherwise with an error whose
   * `code` says how it ended and whose message says what to do.
   */
  readonly onClose?: (error: ConnectionClosedError | undefined) => void;
}

export const DEFAULT_TIMEOUT_MS = 10_000;

const NAMES: OptionNames<ConnectOptions> = {
  host: true,
  port: true,
  tls: true,
  timeoutMs: true,
  requestTimeoutMs: true,
  signal: true,
  onClose: true,
};

/**
 * Connects to a gateway. The connection is not made again when it breaks; sessions outlive it. The gateway closes it if it
 * isn't used with a live session within 5 s.
 *
 * @throws (as a rejection) BoomerangClientError for options that can't be used; ConnectError when no connection can be
 *   made; the signal's reason.
 */
export async function connect(options: ConnectOptions = {}): Promise<Connection> {
  checkConnectOptions(options);
  const { host = '127.0.0.1', port = DEFAULT_TCP_PORT, tls = false, onClose, signal } = options;
  const { timeoutMs = DEFAULT_TIMEOUT_MS, requestTimeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const peer = hostPort(host, port);
  const socket = openSocket(host, port, tls);
  const late = () => new ConnectError('timeout', `no connection to ${peer} within ${timeoutMs} ms`);
  try {
    await withinLimit(timeoutMs, signal, late, () => established(socket, peer, tls !== false));
  } catch (error) {
    socket.destroy();
    throw error;
  }
  const channel = new Channel(socket, peer);
  if (onClose) {
    void channel.ended.then((end) =>
      onClose(end.code === 'closed_here' ? undefined : new ConnectionClosedError(end)),
    );
  }
  return createConnection(channel, requestTimeoutMs);
}

export function checkConnectOptions(options: ConnectOptions): void {
  checkOptions('options', options, NAMES);
  const { host, port, tls, timeoutMs, requestTimeoutMs, signal, onClose } = options;
  if (host !== undefined) checkHost('host', host);
  if (port !== undefined) checkPort('port', port, 1);
  if (tls !== undefined) checkTls(tls);
  if (timeoutMs !== undefined) checkTimeout('timeoutMs', timeoutMs);
  if (requestTimeoutMs !== undefined) checkTimeout('requestTimeoutMs', requestTimeoutMs);
  if (signal !== undefined) checkSignal(signal);
  if (onClose !== undefined) checkFunction('onClose', onClose);
}

function openSocket(host: string, port: number, tls: boolean | TlsOptions): Socket {
  const address = { host, port, noDelay: true, keepAlive: true };
  if (tls === false) return connectPlain(address);
  const { ca, serverName } = tls === true ? {} : tls;
  return connectSecure({
    ...address,
    minVersion: 'TLSv1.2',
    ...(ca === undefined ? {} : { ca }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  });
}

function established(socket: Socket, peer: string, secure: boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.on('error', (error) => reject(explainConnectFailure(error, peer, secure)));
    socket.once(secure ? 'secureConnect' : 'connect', resolve);
  });
}
