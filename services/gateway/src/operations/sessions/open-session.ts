import type { AddressGuard } from '@boomerang/address-guard';
import {
  BoomerangError,
  CLIENT_KEY_FORM,
  type ClientStore,
  type DeliveryPolicy,
  parseClientKey,
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
  requireKeyForm(key);
  const authenticated = await deadline.reading(() => clients.authenticate(key));
  if (!authenticated) throw refusedKey('unknown or wrong key');
  uses.note(authenticated.keyId);
  const asked = policy();
  validateDeliveryPolicy(asked);
  await requireReachable(guard, asked);
  return deadline.writing(() => sessions.open(authenticated, asked));
}

/** What no key can be is told from one that is unknown or wrong, since that helps nobody who guesses. */
function requireKeyForm(key: string): void {
  if (parseClientKey(key)) return;
  const problem = key === '' ? 'it is empty' : 'it has not the form of a key';
  throw refusedKey(`${problem}; allowed: a client's key: ${CLIENT_KEY_FORM}`);
}

function refusedKey(problem: string): BoomerangError {
  return new BoomerangError('unauthorized', (spell) => `${spell('key')}: ${problem}`, { field: 'key' });
}
