import { type BoomerangError, invalidField } from '@boomerang/domain';

/** Said of what is no token of the walk that it is given for. */
export function noPageToken(): BoomerangError {
  return invalidField(
    'nextToken',
    'it is not a page token',
    (spell) => `empty, or ${spell('nextToken')} of the page before`,
  );
}
