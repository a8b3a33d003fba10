import type { Retry } from '@boomerang/domain';

/**
 * Why a connection is closed:
 *
 * - `closed_here`: `close()` was called
 * - `closed_by_gateway`: the gateway ended it, as it does when it stops or restarts
 * - `refused_by_gateway`: the gateway ended it and said why; that is the error's `cause`, a BoomerangClientError
 * - `connection_lost`: the network or the gateway's process broke it
 * - `not_a_gateway`: what answers there speaks something else
 */
export type ConnectionClosedCode =
  | 'closed_here'
  | 'closed_by_gateway'
  | 'refused_by_gateway'
  | 'connection_lost'
  | 'not_a_gateway';

/** How a connection ended. */
export interface Closing {
  readonly code: ConnectionClosedCode;
  /** For people. */
  readonly why: string;
  readonly cause?: Error | undefined;
  /** What to do, where it is not what the code says. */
  readonly help?: string;
}

/** What became of the request that is told of the closing, or `undefined` where it is not a request that is. */
type Outcome = 'unknown' | 'not_sent' | undefined;

/** A connection is closed: given to `onClose`, and what its requests reject with from then on. */
export class ConnectionClosedError extends Error {
  override readonly name = 'ConnectionClosedError';
  readonly code: ConnectionClosedCode;
  /**
   * What comes of repeating the request that rejected with it, on another connection: `unsafe` if it may have been carried
   * out, `safe` if it was not even sent.
   */
  readonly retry: Retry;

  constructor({ code, why, cause, help = HELP[code] }: Closing, outcome?: Outcome) {
    const parts = [`the connection is closed: ${why}`, outcome && OUTCOMES[outcome], help];
    super(parts.filter(Boolean).join('; '), cause && { cause });
    this.code = code;
    this.retry = outcome === 'unknown' ? 'unsafe' : 'safe';
  }
}

const OUTCOMES = {
  unknown: 'whether this request was carried out is not known',
  not_sent: 'this request was not sent',
} as const;

const RECONNECT =
  'connect again with connect(), then go on in the same session with resumeSession(connection, sessionId)';

/** What to do. A refusal says that by itself. */
const HELP: Readonly<Record<ConnectionClosedCode, string>> = {
  closed_here: '',
  closed_by_gateway: RECONNECT,
  refused_by_gateway: '',
  connection_lost: RECONNECT,
  not_a_gateway: "use the gateway's port for envelopes over TCP: BOOMERANG_TCP_PORT, by default 9973",
};
