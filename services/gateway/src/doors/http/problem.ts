import { BoomerangError, ERROR_CODES } from '@boomerang/domain';
import { fieldInJson } from './field-in-json.js';

/** Problem details (RFC 9457), with the stable code, the field and what is allowed. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly field?: string;
  readonly allowed?: string;
}

/** What only HTTP knows: its own status with a code that all doors have. */
export class HttpRefusal extends BoomerangError {
  constructor(
    readonly status: number,
    detail: string,
    allowed?: string,
  ) {
    super(status === 404 ? 'not_found' : 'invalid_request', detail, allowed === undefined ? {} : { allowed });
  }
}

/** Seconds after which what is `safe` to repeat is worth repeating, where no limit says more. */
const RETRY_AFTER_S = 1;

export function problemOf(error: BoomerangError): Problem {
  const allowed = error.allowedIn(fieldInJson);
  return {
    type: `urn:boomerang:error:${error.code}`,
    title: error.code.replaceAll('_', ' '),
    status: error instanceof HttpRefusal ? error.status : ERROR_CODES[error.code].http,
    detail: error.messageIn(fieldInJson),
    code: error.code,
    ...(error.field !== undefined && { field: fieldInJson(error.field) }),
    ...(allowed !== undefined && { allowed }),
  };
}

/** What belongs to the answer besides the problem itself. */
export function headersOf({ code, limit }: BoomerangError): Record<string, string> {
  if (code === 'unauthorized' || code === 'session_expired')
    return { 'www-authenticate': 'Bearer realm="boomerang"' };
  if (ERROR_CODES[code].retry !== 'safe') return {};
  return { 'retry-after': String(limit ? Math.ceil(limit.retryAfterMs / 1_000) : RETRY_AFTER_S) };
}
