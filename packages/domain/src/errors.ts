import type { ErrorCode } from './error-codes.js';

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
