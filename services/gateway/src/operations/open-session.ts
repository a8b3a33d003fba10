import {
  BoomerangError,
  type ClientStore,
  type DeliveryPolicy,
  type Session,
  type SessionStore,
  validateDeliveryPolicy,
} from '@boomerang/domain';

/** Opens a session for the client that `key` belongs to. */
export async function openSession(
  { clients, sessions }: { clients: ClientStore; sessions: SessionStore },
  key: string,
  policy: () => DeliveryPolicy,
): Promise<Session> {
  const clientId = await clients.authenticate(key);
  if (clientId === undefined) throw new BoomerangError('unauthorized', 'auth_token: unknown or wrong key');
  const asked = policy();
  validateDeliveryPolicy(asked);
  return sessions.open(clientId, asked);
}
