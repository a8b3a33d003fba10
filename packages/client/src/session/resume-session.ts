import { checkSecretText } from '../arguments/check-values.js';
import type { Connection } from '../connection/connection.js';
import { requireConnection } from './require-connection.js';
import { createSession, type Session } from './session.js';

/**
 * A session that was opened elsewhere, on this connection. Nothing is sent: whether it still lives shows its first use,
 * for which the gateway waits 5 s on a new connection.
 *
 * @throws BoomerangClientError for arguments that can't be used.
 */
export function resumeSession(connection: Connection, sessionId: string): Session {
  requireConnection(connection);
  return createSession(connection, checkSecretText('sessionId', sessionId, "a session's sessionId"));
}
