import type { AddressGuard } from '@boomerang/address-guard';
import {
  BoomerangError,
  type ClientStore,
  type DeliveryPolicy,
  type Session,
  type SessionStore,
  validateDeliveryPolicy,
} from '@boomerang/domain';
import type { Deadline } from '../deadline.js';
import type { KeyUses } from './key-uses.js';
import { requireReachable } from './require-reachable.js';

interface OpenSessionDependencies {
  readonly clients: ClientStore;
  readonly sessions: SessionStore;
  readonly guard: AddressGuard;
  readonly uses: KeyUses;
}

/** Opens a session for the client that `key` belongs to. */
export async function openSession(
  { clients, sessions, guard, uses }: OpenSessionDependencies,
  deadline: Deadline,
  key: string,
  policy: () => DeliveryPolicy,
): Promise<Session> {
  const authenticated = await deadline.reading(() => clients.authenticate(key));
  if (!authenticated) throw unknownKey();
  uses.note(authenticated.keyId);
  const asked = policy();
  validateDeliveryPolicy(asked);
  await requireReachable(guard, asked);
  return deadline.writing(() => sessions.open(authenticated, asked));
}

function unknownKey(): BoomerangError {
  return new BoomerangError('unauthorized', (spell) => `${spell('key')}: unknown or wrong key`, {
    field: 'key',
  });
}
