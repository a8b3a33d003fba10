import {
  BoomerangError,
  type DeadLetterFilter,
  type DeadLetterPage,
  type DeadLetterPosition,
  type DeadLetterStore,
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

function checkIds({ ids, limit, nextToken }: DeadLetterSelection): DeadLetterPosition[] {
  if (ids.length === 0) throw eitherOr('neither is given');
  if (ids.length > MOST_LETTERS) throw invalidField('ids', `${ids.length} ids`, `at most ${MOST_LETTERS}`);
  if (limit !== 0 || nextToken !== '') {
    throw new BoomerangError(
      'invalid_request',
      (spell) => `${spell('limit')} and ${spell('nextToken')} go with a filter, not with ${spell('ids')}`,
      { field: limit === 0 ? 'nextToken' : 'limit' },
    );
  }
  return [...new Set(ids)].map((id) => requireDeadLetterId('ids', id));
}

function eitherOr(problem: string): BoomerangError {
  return new BoomerangError(
    'invalid_request',
    (spell) =>
      `${spell('ids')}, ${spell('filter')}: ${problem}; allowed: one of the two; an empty filter means all`,
    { field: 'ids' },
  );
}
