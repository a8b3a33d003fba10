import { BoomerangError } from '@boomerang/domain';

/** @throws BoomerangError `unauthorized` for the empty id, with which nothing was shown. */
export function requireSessionId(sessionId: string): void {
  if (sessionId !== '') return;
  throw new BoomerangError(
    'unauthorized',
    (spell) => `${spell('sessionId')} is missing: open a session first`,
    { field: 'sessionId' },
  );
}

export function noSuchSession(): BoomerangError {
  return new BoomerangError('session_expired', 'session expired or unknown: open a new one');
}
