import type { BoomerangError, ErrorCode } from '@boomerang/domain';
import { boomerang } from '@boomerang/protocol';
import { fieldOnWire } from './field-on-wire.js';

const { Status } = boomerang;

const STATUSES: Readonly<Record<ErrorCode, boomerang.Status>> = {
  invalid_request: Status.INVALID_REQUEST,
  unauthorized: Status.UNAUTHORIZED,
  session_expired: Status.SESSION_EXPIRED,
  // Not UNAUTHORIZED: on that, clients open another session with the same key and repeat the request.
  forbidden: Status.INVALID_REQUEST,
  not_found: Status.INVALID_REQUEST,
  already_ended: Status.INVALID_REQUEST,
  conflict: Status.INVALID_REQUEST,
  key_reused: Status.INVALID_REQUEST,
  exhausted: Status.ERROR,
  unavailable: Status.ERROR,
  outcome_unknown: Status.ERROR,
  internal: Status.ERROR,
};

/** An error as the fields that every response has. */
export function errorToWire(error: BoomerangError) {
  const { code } = error;
  return { status: STATUSES[code], errorMessage: error.messageIn(fieldOnWire), code };
}

/** An error as the answer to bytes that have no response message; `reason` is more precise than the code. */
export function errorResponse(error: BoomerangError, reason = error.code.toUpperCase()) {
  const { code, ...wire } = errorToWire(error);
  return { errorResponse: { ...wire, code: reason, errorCode: code } };
}
