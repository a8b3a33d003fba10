import { checkText, checkWhole } from './check-values.js';

const LIMIT = { least: 1, most: 1_000 };

/** Which page, and how much of it. */
export interface Paging {
  /** How many at most, 1 to 1,000. Default 100. */
  readonly limit?: number;
  /** `nextToken` of the page before. Default: the first page. */
  readonly nextToken?: string;
}

/** As the wire has it, on which 0 and an empty text stand for the defaults. @throws BoomerangClientError `INVALID_REQUEST`. */
export function toWirePaging({ limit, nextToken }: Paging): { limit: number; nextToken: string } {
  return {
    limit: limit === undefined ? 0 : checkWhole('limit', limit, LIMIT),
    nextToken:
      nextToken === undefined ? '' : checkText('nextToken', nextToken, '`nextToken` of the page before'),
  };
}
