import { boomerang, type DecodedEnvelope } from '@boomerang/protocol';

/** How the service says no; `OK` aside these are the contract's statuses. */
export type ClientErrorStatus = 'ERROR' | 'UNAUTHORIZED' | 'INVALID_REQUEST' | 'SESSION_EXPIRED';

interface ClientErrorDetails {
  readonly code?: string | undefined;
  readonly field?: string | undefined;
}

/**
 * A request that was refused: by the service, whose message this then is, or by this package before anything was sent,
 * because an argument can't be used.
 */
export class BoomerangClientError extends Error {
  override readonly name = 'BoomerangClientError';
  /** What was wrong, for programs: a code of docs/errors.md. `invalid_request` for an argument that can't be used. */
  readonly code: string;
  /** The argument that can't be used, such as `retry.maxAttempts`; undefined if the service refused. */
  readonly field: string | undefined;

  constructor(
    readonly status: ClientErrorStatus,
    message: string,
    { code, field }: ClientErrorDetails = {},
  ) {
    super(message);
    this.code = code || CODES[status];
    this.field = field;
  }
}

/** The code where the answer names none. An ERROR that says no more may have been carried out. */
const CODES: Readonly<Record<ClientErrorStatus, string>> = {
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
}

/** @throws BoomerangClientError unless `answer` has the status OK; a status that is not known counts as ERROR. */
export function requireOk(answer: AnswerStatus): void {
  const status = answer.status ?? boomerang.Status.OK;
  if (status === boomerang.Status.OK) return;
  const name = STATUSES[status] ?? 'ERROR';
  const message = answer.errorMessage || `the service answered ${name}`;
  throw new BoomerangClientError(name, message, { code: answer.code ?? undefined });
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
