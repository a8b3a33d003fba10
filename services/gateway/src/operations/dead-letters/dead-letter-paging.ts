import { type DeadLetterFilter, requireWholeNumber } from '@boomerang/domain';
import { type DeadLetterToken, decodeDeadLetterToken } from './dead-letter-token.js';

export interface DeadLetterPaging {
  /** 0 = 100; at most 1000. */
  readonly limit: number;
  /** Empty = the first page. */
  readonly nextToken: string;
}

const DEFAULT_LIMIT = 100;
/** Dead letters that one request may be about. */
export const MOST_LETTERS = 1_000;

/** The limit that holds, and where the page begins; undefined = at the start. */
export function checkPaging(
  filter: DeadLetterFilter,
  { limit, nextToken }: DeadLetterPaging,
): { limit: number; token: DeadLetterToken | undefined } {
  requireWholeNumber('limit', limit, 0, MOST_LETTERS);
  requireWholeNumber('filter.afterMs', filter.afterMs, 0, Number.MAX_SAFE_INTEGER);
  requireWholeNumber('filter.beforeMs', filter.beforeMs, 0, Number.MAX_SAFE_INTEGER);
  const token = nextToken === '' ? undefined : decodeDeadLetterToken(nextToken);
  return { limit: limit || DEFAULT_LIMIT, token };
}
