import { checkOptions, type OptionNames } from '../arguments/check-options.js';
import { checkWhole } from '../arguments/check-values.js';
import { DEFAULT_TIMEOUT_MS } from '../connection/connect.js';
import { checkTimeout } from '../connection/request-options.js';
import { createLastingConnection } from '../lasting/lasting-connection.js';
import type { LastingSession } from '../lasting/open-lasting-session.js';
import { createSession } from '../session/session.js';
import type { SessionOptions } from '../session/session-options.js';
import { toHandshake } from '../session/to-handshake.js';
import { checkUrl } from './check-url.js';
import { createHttpLink } from './http-link.js';
import { policyToJson } from './policy-to-json.js';

export interface HttpSessionOptions extends SessionOptions {
  /** Where the gateway serves its HTTP API: `http://host:8080`, `https://…`, with a path if a proxy wants one. */
  readonly url: string;
  /** Milliseconds in which each request has to be answered, unless it says otherwise itself. Default 10,000. */
  readonly requestTimeoutMs?: number;
  /** How many requests may be under way at a time, 1 to 10,000; the others wait for their turn. Default 64. */
  readonly maxInFlight?: number;
}

/**
 * The same over HTTP, where no connection and no session has to live: each request shows the key, and each registration
 * brings the delivery policy. Requests are tried again as in a LastingSession. Of an `idempotencyKey` HTTP carries printable
 * ASCII alone, `clientId` of tasks and dead letters is empty, and dead letters can't be replayed with `useSessionCallback`.
 */
export type HttpSession = Omit<LastingSession, 'sessionId'>;

const NAMES: OptionNames<HttpSessionOptions> = {
  ...{ url: true, token: true, callback: true, retry: true, dlq: true },
  ...{ requestTimeoutMs: true, maxInFlight: true },
};
const MOST_IN_FLIGHT = { least: 1, most: 10_000 };

/**
 * Nothing is sent yet: whether the gateway is there, and takes the key, shows the first request.
 *
 * @throws BoomerangClientError for options that can't be used.
 */
export function openHttpSession(options: HttpSessionOptions): HttpSession {
  checkOptions('options', options, NAMES);
  const { url, requestTimeoutMs = DEFAULT_TIMEOUT_MS, maxInFlight = 64, ...sessionOptions } = options;
  toHandshake(sessionOptions);
  checkWhole('maxInFlight', maxInFlight, MOST_IN_FLIGHT);
  checkTimeout('requestTimeoutMs', requestTimeoutMs);
  const link = createHttpLink(checkUrl('url', url), sessionOptions.token, policyToJson(sessionOptions));
  const connection = createLastingConnection(link, requestTimeoutMs, maxInFlight);
  const session = createSession(connection, '');
  const { sessionId: _, expiresAtMs: __, refresh: ___, ...methods } = session;
  return {
    ...methods,
    close: () => connection.close(),
  };
}
