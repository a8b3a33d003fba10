import { ERROR_CODES, type ErrorCode } from '@boomerang/domain';
import { BoomerangClientError, type ClientErrorStatus } from '../connection/client-error.js';

/** What the envelope has for codes that are no mistake of the request. */
const STATUSES: Partial<Record<ErrorCode, ClientErrorStatus>> = {
  unauthorized: 'UNAUTHORIZED',
  session_expired: 'SESSION_EXPIRED',
  exhausted: 'ERROR',
  unavailable: 'ERROR',
  outcome_unknown: 'ERROR',
  internal: 'ERROR',
};

interface Problem {
  readonly code?: string;
  readonly detail?: string;
}

/** The error for an answer that is none of success: a problem of the gateway's, or something that a gateway doesn't say. */
export function refusalOf(url: string, httpStatus: number, json: Problem | undefined): BoomerangClientError {
  const told = json?.code ?? '';
  if (Object.hasOwn(ERROR_CODES, told)) {
    const code = told as ErrorCode;
    return new BoomerangClientError(STATUSES[code] ?? 'INVALID_REQUEST', json?.detail ?? told, { code });
  }
  const what = `${url} answered ${httpStatus}, but not as a Boomerang gateway does`;
  // What stands in front of a gateway says so when it got no answer from it.
  if (httpStatus >= 500) return new BoomerangClientError('ERROR', `${what}: it may have been carried out`);
  return new BoomerangClientError('INVALID_REQUEST', `${what}: is this the URL of its HTTP API?`, {
    field: 'url',
  });
}
