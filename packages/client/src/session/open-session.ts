import type { Connection } from '../connection/connection.js';
import { requestAnswer } from '../connection/request-answer.js';
import type { RequestOptions } from '../connection/request-options.js';
import { requireConnection } from './require-connection.js';
import { createSession, type Session } from './session.js';
import type { SessionOptions } from './session-options.js';
import { toHandshake } from './to-handshake.js';

export interface OpenedSession extends Session {
  readonly expiresAtMs: number;
}

/**
 * Opens a session, whose policy holds for every task that is registered in it. It ends when it is not refreshed for an
 * hour (or what the service's BOOMERANG_SESSION_TTL_MS says), used or not; its tasks live on.
 *
 * @throws (as a rejection) as every request of a Session does; with the status `UNAUTHORIZED` for a wrong token.
 */
export async function openSession(
  connection: Connection,
  options: SessionOptions,
  requestOptions?: RequestOptions,
): Promise<OpenedSession> {
  requireConnection(connection);
  const request = { authHandshake: toHandshake(options) };
  const answer = await requestAnswer(connection, request, 'authResponse', requestOptions);
  return createSession(connection, answer.sessionId ?? '', answer.expiresAtMs ?? 0) as OpenedSession;
}
