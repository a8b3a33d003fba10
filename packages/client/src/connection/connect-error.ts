import type { Retry } from '@boomerang/domain';

/**
 * - `unreachable`: nothing takes connections there, or no way leads there
 * - `timeout`: no connection was made in time
 * - `tls_failed`: the TLS handshake failed, or the gateway's certificate can't be trusted
 */
export type ConnectErrorCode = 'unreachable' | 'timeout' | 'tls_failed';

/** No connection to a gateway could be made. Nothing was sent. */
export class ConnectError extends Error {
  override readonly name = 'ConnectError';
  readonly retry: Retry = 'safe';

  constructor(
    readonly code: ConnectErrorCode,
    message: string,
    cause?: Error,
  ) {
    super(message, cause && { cause });
  }
}
