import type { BoomerangError, ErrorCode } from '@boomerang/domain';
import { boomerang } from '@boomerang/protocol';

const { Status } = boomerang;

const STATUSES: Readonly<Record<ErrorCode, boomerang.Status>> = {
  unauthorized: Status.UNAUTHORIZED,
  invalid_request: Status.INVALID_REQUEST,
  session_expired: Status.SESSION_EXPIRED,
  unavailable: Status.ERROR,
  outcome_unknown: Status.ERROR,
  internal: Status.ERROR,
};

/** An error as the fields that (nearly) every response has. */
export function errorToWire({ code, message }: BoomerangError): {
  status: boomerang.Status;
  errorMessage: string;
} {
  return { status: STATUSES[code], errorMessage: message };
}
