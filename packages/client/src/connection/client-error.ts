import { boomerang, type DecodedEnvelope } from '@boomerang/protocol';

/** How the service says no; `OK` aside these are the contract's statuses. */
export type ClientErrorStatus = 'ERROR' | 'UNAUTHORIZED' | 'INVALID_REQUEST' | 'SESSION_EXPIRED';

/** A request that was answered, but not with OK. The message is the service's. */
export class BoomerangClientError extends Error {
  override readonly name = 'BoomerangClientError';

  constructor(
    readonly status: ClientErrorStatus,
    message: string,
  ) {
    super(message);
  }
}

const STATUSES: Partial<Record<number, ClientErrorStatus>> = {
  [boomerang.Status.UNAUTHORIZED]: 'UNAUTHORIZED',
  [boomerang.Status.INVALID_REQUEST]: 'INVALID_REQUEST',
  [boomerang.Status.SESSION_EXPIRED]: 'SESSION_EXPIRED',
};

/** What every answer has in it. */
export interface AnswerStatus {
  readonly status?: number | null;
  readonly errorMessage?: string | null;
}

/** @throws BoomerangClientError unless `answer` has the status OK; a status that is not known counts as ERROR. */
export function requireOk(answer: AnswerStatus): void {
  const status = answer.status ?? boomerang.Status.OK;
  if (status === boomerang.Status.OK) return;
  const name = STATUSES[status] ?? 'ERROR';
  throw new BoomerangClientError(name, answer.errorMessage || `the service answered ${name}`);
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
