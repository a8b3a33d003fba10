import { BoomerangError, type SessionStore } from '@boomerang/domain';

/** Gives a session its whole lifetime again; when it expires now, Unix epoch ms. */
export async function refreshSession(sessions: SessionStore, sessionId: string): Promise<number> {
  if (sessionId === '')
    throw new BoomerangError('unauthorized', 'session_id is missing: open a session first');
  const expiresAtMs = await sessions.refresh(sessionId);
  if (expiresAtMs === undefined) {
    throw new BoomerangError('session_expired', 'session expired or unknown: open a new one');
  }
  return expiresAtMs;
}
