/** What a caller is told about a request that was not carried out. The list is closed. */
export type ErrorCode =
  /** No session id, or a key that is unknown or wrong. */
  | 'unauthorized'
  /** The caller got something wrong; the message says what, where and what is allowed. */
  | 'invalid_request'
  /** The session id is not known (any more). */
  | 'session_expired'
  /** We could not do it, and nothing was changed. */
  | 'unavailable'
  /** We lost contact while doing it: it may or may not have happened. */
  | 'outcome_unknown'
  /** A fault of ours. */
  | 'internal';

/** The one error class that crosses module borders towards a caller. */
export class BoomerangError extends Error {
  override readonly name = 'BoomerangError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** Whatever was thrown, as a BoomerangError; what is not one already becomes `internal`. */
  static from(thrown: unknown): BoomerangError {
    if (thrown instanceof BoomerangError) return thrown;
    return new BoomerangError('internal', 'internal error', { cause: thrown });
  }
}

/** An `invalid_request` about one field: `delay_ms: 5 is below 100; allowed: 100 to 1000`. */
export function invalidField(field: string, problem: string, allowed: string): BoomerangError {
  return new BoomerangError('invalid_request', `${field}: ${problem}; allowed: ${allowed}`);
}
