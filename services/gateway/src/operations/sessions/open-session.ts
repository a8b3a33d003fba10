import type { AddressGuard } from '@boomerang/address-guard';
import {
  BoomerangError,
  CLIENT_KEY_FORM,
  DEFAULT_DLQ_BUCKET,
  type DefaultPolicyStore,
  type DeliveryPolicy,
  parseClientKey,
  RETRY_DEFAULTS,
  type Session,
  type SessionStore,
  validateDeliveryPolicy,
} from '@boomerang/domain';
import { authenticateShown, type Credentials, type Shown } from '../authentication/certificate-clients.js';
import type { FailedAttempts } from '../authentication/failed-attempts.js';
import { looksLikeJwt } from '../authentication/jwt-authentication.js';
import type { Deadline } from '../deadline.js';
import type { KeyUses } from './key-uses.js';
import { requireReachable } from './require-reachable.js';

interface OpenSessionDependencies {
  readonly clients: Credentials;
  readonly sessions: SessionStore;
  readonly guard: AddressGuard;
  readonly uses: KeyUses;
  readonly attempts: FailedAttempts;
  readonly policies: DefaultPolicyStore;
}

/** What a session of the client is to be opened with, or its default policy. */
export type AskedPolicy = ((clientId: string) => DeliveryPolicy | Promise<DeliveryPolicy>) | 'default';

const NO_CALLBACK: DeliveryPolicy = {
  callback: undefined,
  retry: { ...RETRY_DEFAULTS, strategy: 'FIXED' },
  dlq: { destination: DEFAULT_DLQ_BUCKET },
};

/** Opens a session for the client that the key belongs to or, without a key, the certificate. */
export async function openSession(
  { clients, sessions, guard, uses, attempts, policies }: OpenSessionDependencies,
  deadline: Deadline,
  shown: Shown,
  policy: AskedPolicy,
): Promise<Session> {
  if (shown.key !== '' || !shown.certificate()) requireKeyForm(shown.key);
  const authenticated = await attempts.attempt(shown.address, () =>
    deadline.reading(() => authenticateShown(clients, shown)),
  );
  if (!authenticated) throw refusedKey('unknown or wrong key');
  uses.note(authenticated.keyId);
  const { clientId } = authenticated;
  const defaultOf = () => deadline.reading(() => policies.defaultOf(clientId));
  const asked = policy === 'default' ? ((await defaultOf()) ?? NO_CALLBACK) : await policy(clientId);
  validateDeliveryPolicy(asked);
  await requireReachable(guard, asked);
  return deadline.writing(() => sessions.open(authenticated, asked));
}

/** What no key can be is told from one that is unknown or wrong, since that helps nobody who guesses. */
function requireKeyForm(key: string): void {
  if (parseClientKey(key) || looksLikeJwt(key)) return;
  const problem = key === '' ? 'it is empty' : 'it has not the form of a key';
  throw refusedKey(
    `${problem}; allowed: a client's key: ${CLIENT_KEY_FORM}, or a signed token (JWT) of an issuer`,
  );
}

function refusedKey(problem: string): BoomerangError {
  return new BoomerangError('unauthorized', (spell) => `${spell('key')}: ${problem}`, { field: 'key' });
}
