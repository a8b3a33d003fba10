import type { DecodedEnvelope } from '@boomerang/protocol';
import { type AnswerStatus, BoomerangClientError, requireOk } from './client-error.js';
import type { Connection } from './connection.js';
import type { RequestEnvelope } from './request-envelope.js';
import type { RequestOptions } from './request-options.js';

type AnswerKind = Exclude<DecodedEnvelope['payload'], undefined>;

/**
 * Sends a request and resolves with the message named `kind` of its answer.
 *
 * @throws BoomerangClientError when the answer's status is not OK, or another message than that came.
 */
export async function requestAnswer<K extends AnswerKind>(
  connection: Connection,
  request: RequestEnvelope,
  kind: K,
  options?: RequestOptions,
): Promise<NonNullable<RequestEnvelope[K]>> {
  const envelope = await connection.request(request, options);
  if (envelope.payload === 'errorResponse') requireOk(envelope.errorResponse);
  const answer = (envelope as RequestEnvelope)[kind];
  if (!answer) {
    throw new BoomerangClientError(
      'ERROR',
      `the gateway answered ${envelope.payload ?? 'nothing'} instead of ${kind}`,
    );
  }
  requireOk(answer as AnswerStatus);
  return answer;
}
