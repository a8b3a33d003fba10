import {
  BoomerangError,
  type DeadLetter,
  type DeadLetterFilter,
  type DeadLetterStore,
  invalidField,
  type Session,
} from '@boomerang/domain';
import { requireDeadLetterId } from './dead-letter-id.js';
import { checkPaging, type DeadLetterPaging } from './dead-letter-paging.js';
import { NO_SUCH_DEAD_LETTER } from './dead-letter-selection.js';
import { encodeDeadLetterToken } from './dead-letter-token.js';

export interface ListDeadLettersRequest extends DeadLetterPaging {
  /** Undefined = all. */
  readonly filter: DeadLetterFilter | undefined;
  /** The one to show; empty = list. */
  readonly deadLetterId: string;
  readonly withPayload: boolean;
}

export interface ListDeadLettersAnswer {
  readonly deadLetters: readonly DeadLetter[];
  /** Empty = this was the last page. */
  readonly nextToken: string;
}

const ALL: DeadLetterFilter = { bucket: '', afterMs: 0, beforeMs: 0, errorClass: undefined };

/** A page of the session's client's dead letters, the oldest first; or one of them. */
export async function listDeadLetters(
  store: DeadLetterStore,
  session: Session,
  request: ListDeadLettersRequest,
): Promise<ListDeadLettersAnswer> {
  if (request.deadLetterId !== '') {
    return { deadLetters: [await showDeadLetter(store, session, request)], nextToken: '' };
  }
  const { filter = ALL, withPayload } = request;
  const { limit, token } = checkPaging(filter, request);
  const { letters, next } = await store.list(session.clientId, filter, limit, withPayload, token?.cursor);
  return { deadLetters: letters, nextToken: next ? encodeDeadLetterToken({ cursor: next, dueMs: 0 }) : '' };
}

async function showDeadLetter(
  store: DeadLetterStore,
  { clientId }: Session,
  { deadLetterId, filter, limit, nextToken, withPayload }: ListDeadLettersRequest,
): Promise<DeadLetter> {
  if (filter !== undefined || limit !== 0 || nextToken !== '') {
    throw invalidField('dead_letter_id', 'there are filter, limit or next_token too', 'dead_letter_id alone');
  }
  const id = requireDeadLetterId('dead_letter_id', deadLetterId);
  const letter = await store.get(clientId, id, withPayload);
  if (letter) return letter;
  const taskId = await store.replayedAs(clientId, id);
  const problem = taskId === undefined ? NO_SUCH_DEAD_LETTER : `it was replayed as task ${taskId}`;
  throw new BoomerangError('not_found', `dead_letter_id: ${problem}`);
}
