import {
  BoomerangError,
  type DeadLetterFilter,
  type DeadLetterPage,
  type DeadLetterPosition,
  type DeadLetterStore,
  formatDeadLetterId,
  invalidField,
} from '@boomerang/domain';
import { requireDeadLetterId } from './dead-letter-id.js';
import { checkPaging, type DeadLetterPaging, MOST_LETTERS } from './dead-letter-paging.js';

/** Which dead letters something is to be done with: ids or a filter. */
export interface DeadLetterSelection extends DeadLetterPaging {
  readonly ids: readonly string[];
  readonly filter: DeadLetterFilter | undefined;
}

/** What was selected; `nowMs` and `dueMs` are 0 where the request names ids. */
export interface Selected extends DeadLetterPage<DeadLetterPosition> {
  /** When the next one to be replayed is due at the rate that the pages before had; 0 = none was. */
  readonly dueMs: number;
}

/**
 * The dead letters that a request is about, those of a filter page by page.
 *
 * @throws BoomerangError `invalid_request` unless it names either ids or a filter.
 */
export async function selectDeadLetters(
  store: DeadLetterStore,
  clientId: string,
  selection: DeadLetterSelection,
): Promise<Selected> {
  const { ids, filter } = selection;
  if (filter === undefined) return { letters: checkIds(selection), next: undefined, nowMs: 0, dueMs: 0 };
  if (ids.length > 0) throw eitherOr('both are given');
  const { limit, token } = checkPaging(filter, selection);
  const page = await store.find(clientId, filter, limit, token?.cursor);
  return { ...page, dueMs: token?.dueMs ?? 0 };
}

/** Said alike of dead letters that never were, that are gone, and that belong to another client. */
export const NO_SUCH_DEAD_LETTER = 'no such dead letter';

/** Why nothing was done with a dead letter. */
export function refusal(id: DeadLetterPosition, kind: 'not_found' | 'not_forwarded') {
  const waiting = 'it waits to be forwarded to its destination outside; even_not_forwarded gives that up';
  return {
    deadLetterId: formatDeadLetterId(id),
    errorMessage: kind === 'not_found' ? NO_SUCH_DEAD_LETTER : waiting,
    code: kind === 'not_found' ? 'not_found' : 'conflict',
  };
}

export type RefusedDeadLetter = ReturnType<typeof refusal>;

function checkIds({ ids, limit, nextToken }: DeadLetterSelection): DeadLetterPosition[] {
  if (ids.length === 0) throw eitherOr('neither is given');
  if (ids.length > MOST_LETTERS) {
    throw invalidField('dead_letter_ids', `${ids.length} ids`, `at most ${MOST_LETTERS}`);
  }
  if (limit !== 0 || nextToken !== '') {
    throw new BoomerangError(
      'invalid_request',
      'limit and next_token go with a filter, not with dead_letter_ids',
    );
  }
  return [...new Set(ids)].map((id) => requireDeadLetterId('dead_letter_ids', id));
}

function eitherOr(problem: string): BoomerangError {
  return invalidField('dead_letter_ids, filter', problem, 'one of the two; an empty filter means all');
}
