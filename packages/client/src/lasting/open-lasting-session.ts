import { checkOptions, type OptionNames } from '../arguments/check-options.js';
import { checkWhole } from '../arguments/check-values.js';
import { type ConnectOptions, checkConnectOptions, DEFAULT_TIMEOUT_MS } from '../connection/connect.js';
import { createSession, type Session } from '../session/session.js';
import type { SessionOptions } from '../session/session-options.js';
import { toHandshake } from '../session/to-handshake.js';
import { keepRefreshed } from './keep-refreshed.js';
import { createLastingConnection } from './lasting-connection.js';
import { SessionLink } from './session-link.js';

export interface LastingSessionOptions extends Omit<ConnectOptions, 'onClose' | 'signal'>, SessionOptions {
  /** How many requests may be under way at a time, 1 to 1,000,000; the others wait for their turn. Default 1,000. */
  readonly maxInFlight?: number;
}

/**
 * A session that lasts: when its connection breaks, or the session ends, another one is made by the next request.
 *
 * Until its `timeoutMs` is over, a request is tried again after every failure that can pass, if it can't be done twice by
 * that: it was not carried out, or only reads, or is a registration with an `idempotencyKey`. Otherwise it rejects as in any
 * Session, with `retry: 'unsafe'` if it may have been carried out.
 */
export interface LastingSession extends Omit<Session, 'sessionId' | 'expiresAtMs' | 'refresh'> {
  /** Of the session that there is at the moment. A bearer secret; empty while there is none. */
  readonly sessionId: string;
  /** Sends what was requested, then closes. The session ends by itself, its tasks live on. Can be called twice. */
  close(): Promise<void>;
}

const MOST_IN_FLIGHT = { least: 1, most: 1_000_000 };
const CONNECT_NAMES = { host: true, port: true, tls: true, timeoutMs: true, requestTimeoutMs: true } as const;
const SESSION_NAMES = { token: true, callback: true, retry: true, dlq: true } as const;
const NAMES: OptionNames<LastingSessionOptions> = { ...CONNECT_NAMES, ...SESSION_NAMES, maxInFlight: true };

/**
 * Connects and opens a session, once: what fails now is told. From then on the session is kept, and refreshed in time.
 *
 * @throws (as a rejection) as `connect` and `openSession` do.
 */
export async function openLastingSession(options: LastingSessionOptions): Promise<LastingSession> {
  checkOptions('options', options, NAMES);
  const { token, callback, retry, dlq, maxInFlight = 1_000, ...connectOptions } = options;
  const sessionOptions = {
    token,
    ...(callback !== undefined && { callback }),
    ...(retry !== undefined && { retry }),
    ...(dlq !== undefined && { dlq }),
  };
  checkConnectOptions(connectOptions);
  checkWhole('maxInFlight', maxInFlight, MOST_IN_FLIGHT);
  toHandshake(sessionOptions);
  const link = new SessionLink(connectOptions, sessionOptions, (expiresAtMs) =>
    refreshing.restart(expiresAtMs),
  );
  const { requestTimeoutMs = DEFAULT_TIMEOUT_MS } = connectOptions;
  const connection = createLastingConnection(link, requestTimeoutMs, maxInFlight);
  const { sessionId: _, expiresAtMs: __, refresh, ...methods } = createSession(connection, '');
  const refreshing = keepRefreshed(refresh);
  await link.get();
  return Object.defineProperty(
    {
      ...methods,
      sessionId: '',
      async close() {
        refreshing.stop();
        await connection.close();
      },
    },
    'sessionId',
    { get: () => link.sessionId, enumerable: true },
  );
}
