import {
  BoomerangError,
  type ClientStore,
  type DeliveryPolicy,
  type Session,
  type SessionStore,
  validateDeliveryPolicy,
} from '@boomerang/domain';
import type { Deadline } from './deadline.js';

/** Opens a session for the client that `key` belongs to. */
export async function openSession(
  { clients, sessions }: { clients: ClientStore; sessions: SessionStore },
  deadline: Deadline,
  key: string,
  policy: () => DeliveryPolicy,
): Promise<Session> {
  const clientId = await deadline.reading(() => clients.authenticate(key));
  if (clientId === undefined) throw new BoomerangError('unauthorized', 'auth_token: unknown or wrong key');
  const asked = policy();
  validateDeliveryPolicy(asked);
  return deadline.writing(() => sessions.open(clientId, asked));
}
