import { ERROR_CODES, type ErrorCode, type Retry } from '@boomerang/domain';
import { boomerang, type DecodedEnvelope } from '@boomerang/protocol';

/** How the service says no; `OK` aside these are the contract's statuses. */
export type ClientErrorStatus = 'ERROR' | 'UNAUTHORIZED' | 'INVALID_REQUEST' | 'SESSION_EXPIRED';

interface ClientErrorDetails {
  readonly code?: ErrorCode | undefined;
  readonly field?: string | undefined;
}

/**
 * A request that was refused: by the service, whose message this then is, or by this package before anything was sent,
 * because an argument can't be used.
 */
export class BoomerangClientError extends Error {
  override readonly name = 'BoomerangClientError';
  /** What was wrong, for programs. `invalid_request` for an argument that can't be used. */
  readonly code: ErrorCode;
  /** The argument that can't be used, such as `retry.maxAttempts`; undefined if the service refused. */
  readonly field: string | undefined;

  constructor(
    readonly status: ClientErrorStatus,
    message: string,
    { code, field }: ClientErrorDetails = {},
  ) {
    super(message);
    this.code = code ?? CODES[status];
    this.field = field;
  }

  /** What comes of repeating the request as it is. */
  get retry(): Retry {
    return ERROR_CODES[this.code].retry;
  }
}

/** The code where the answer names none that is known. An ERROR that says no more may have been carried out. */
const CODES: Readonly<Record<ClientErrorStatus, ErrorCode>> = {
  ERROR: 'outcome_unknown',
  UNAUTHORIZED: 'unauthorized',
  INVALID_REQUEST: 'invalid_request',
  SESSION_EXPIRED: 'session_expired',
};

const STATUSES: Partial<Record<number, ClientErrorStatus>> = {
  [boomerang.Status.UNAUTHORIZED]: 'UNAUTHORIZED',
  [boomerang.Status.INVALID_REQUEST]: 'INVALID_REQUEST',
  [boomerang.Status.SESSION_EXPIRED]: 'SESSION_EXPIRED',
};

/** What every answer has in it. */
export interface AnswerStatus {
  readonly status?: number | null;
  readonly errorMessage?: string | null;
  readonly code?: string | null;
  /** What `code` is elsewhere, in an ErrorResponse. */
  readonly errorCode?: string | null;
}

/** @throws BoomerangClientError unless `answer` has the status OK; a status that is not known counts as ERROR. */
export function requireOk(answer: AnswerStatus): void {
  const status = answer.status ?? boomerang.Status.OK;
  if (status === boomerang.Status.OK) return;
  const name = STATUSES[status] ?? 'ERROR';
  const message = answer.errorMessage || `the service answered ${name}`;
  throw new BoomerangClientError(name, message, { code: codeOf(answer) });
}

/** Undefined if the service is older, or newer and has a code that this release doesn't know. */
function codeOf({ code, errorCode }: AnswerStatus): ErrorCode | undefined {
  const told = errorCode || code || '';
  return Object.hasOwn(ERROR_CODES, told) ? (told as ErrorCode) : undefined;
}

/** @throws BoomerangClientError unless the answer, of whatever kind, has the status OK. */
export function requireAccepted(envelope: DecodedEnvelope): void {
  requireOk(statusOf(envelope));
}

export function isAccepted(envelope: DecodedEnvelope): boolean {
  return (statusOf(envelope).status ?? boomerang.Status.OK) === boomerang.Status.OK;
}

function statusOf(envelope: DecodedEnvelope): AnswerStatus {
  const messages: boomerang.BoomerangEnvelope.$Properties = envelope;
  const answer = envelope.payload && messages[envelope.payload];
  return (answer as AnswerStatus | undefined) ?? { status: boomerang.Status.ERROR };
}
