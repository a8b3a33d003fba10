/** The connection went before the answer came: whether the request was carried out is not known. */
export class ConnectionClosedError extends Error {
  override readonly name = 'ConnectionClosedError';

  constructor(cause?: Error) {
    const reason = cause ? `: ${cause.message}` : '';
    super(`the connection is closed${reason}`, cause ? { cause } : undefined);
  }
}
