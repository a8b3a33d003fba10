import {
  BoomerangError,
  type DeadLetter,
  type DeadLetterFilter,
  type DeadLetterStore,
  invalidField,
} from '@boomerang/domain';
import type { Operation } from '../operation.js';
import { requireDeadLetterId } from './dead-letter-id.js';
import { checkPaging, type DeadLetterPaging } from './dead-letter-paging.js';
import { encodeDeadLetterToken } from './dead-letter-token.js';
import { NO_SUCH_DEAD_LETTER } from './refused-dead-letter.js';

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

/** A page of the caller's client's dead letters, the oldest first; or one of them. */
export const listDeadLetters: Operation<ListDeadLettersRequest, ListDeadLettersAnswer> = {
  permission: 'read',
  changes: false,
  async run({ deadLetters }, { clientId }, request) {
    if (request.deadLetterId !== '') {
      return { deadLetters: [await showDeadLetter(deadLetters, clientId, request)], nextToken: '' };
    }
    const { filter = ALL, withPayload } = request;
    const { limit, token } = checkPaging(filter, request);
    const page = await deadLetters.list(clientId, filter, limit, withPayload, token?.cursor);
    const nextToken = page.next ? encodeDeadLetterToken({ cursor: page.next, dueMs: 0 }) : '';
    return { deadLetters: page.letters, nextToken };
  },
};

async function showDeadLetter(
  store: DeadLetterStore,
  clientId: string,
  { deadLetterId, filter, limit, nextToken, withPayload }: ListDeadLettersRequest,
): Promise<DeadLetter> {
  if (filter !== undefined || limit !== 0 || nextToken !== '') {
    throw invalidField(
      'deadLetterId',
      (spell) => `there are ${spell('filter')}, ${spell('limit')} or ${spell('nextToken')} too`,
      (spell) => `${spell('deadLetterId')} alone`,
    );
  }
  const id = requireDeadLetterId('deadLetterId', deadLetterId);
  const letter = await store.get(clientId, id, withPayload);
  if (letter) return letter;
  const taskId = await store.replayedAs(clientId, id);
  const problem = taskId === undefined ? NO_SUCH_DEAD_LETTER : `it was replayed as task ${taskId}`;
  throw new BoomerangError('not_found', (spell) => `${spell('deadLetterId')}: ${problem}`, {
    field: 'deadLetterId',
  });
}
