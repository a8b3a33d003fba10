import type { Connection } from '../connection/connection.js';
import { createSession, type Session } from './session.js';

/**
 * A session that was opened elsewhere, on this connection. Nothing is sent: whether it still lives shows its first use,
 * for which the gateway waits 5 s on a new connection.
 */
export function resumeSession(connection: Connection, sessionId: string): Session {
  return createSession(connection, sessionId);
}
