import type { SessionStore } from '@boomerang/domain';
import { noSuchSession, requireSessionId } from './no-such-session.js';

/** Gives a session its whole lifetime again; when it expires now, Unix epoch ms. */
export async function refreshSession(sessions: SessionStore, sessionId: string): Promise<number> {
  requireSessionId(sessionId);
  const expiresAtMs = await sessions.refresh(sessionId);
  if (expiresAtMs === undefined) throw noSuchSession();
  return expiresAtMs;
}
