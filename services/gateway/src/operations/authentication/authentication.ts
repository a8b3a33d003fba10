import { BoomerangError, type Caller, DEFAULT_PERMISSIONS, type Permission } from '@boomerang/domain';
import type { AuditTrail } from '../audit/audit-trail.js';
import { audited, noteFailure } from '../audit/audited.js';
import { authenticateShown, type Credentials, type Shown } from './certificate-clients.js';
import type { FailedAttempts } from './failed-attempts.js';
import { TOKEN_PREFIX, type Tokens } from './tokens.js';

/** How callers are found where each call shows a token or a key. May reject with a BoomerangError, `unauthorized` among them. */
export interface Authentication {
  /**
   * A token for what is shown. `clientId`: whose the key has to be; '' = whoever's.
   *
   * @param lifetimeMs of the token; undefined: that of all tokens.
   */
  exchange(
    shown: Shown,
    clientId: string,
    lifetimeMs?: number,
  ): Promise<{
    readonly token: string;
    readonly expiresAtMs: number;
    readonly permissions: readonly Permission[];
  }>;
  /** What a token stands for now. */
  validate(token: string): Promise<{
    readonly clientId: string;
    readonly expiresAtMs: number;
    readonly permissions: readonly Permission[];
  }>;
  /** Whoever shows a token, a key or, without these, a certificate. */
  callerOf(shown: Shown): Promise<Caller>;
  /**
   * Resolves while the caller whom `callerOf` found may still call; in the common case without asking Redis. A long-running
   * stream has to ask often enough that it ends within a second after the caller's key was revoked.
   */
  stillGood(bearer: string, caller: Caller): Promise<void>;
}

const HOW =
  'send "authorization: Bearer <API key or token>", over HTTP as a header, over gRPC as metadata; a key is made by: npm run client -- add-key <client>; Authenticate gives a token for it';

interface AuthenticationDependencies {
  readonly clients: Credentials;
  readonly tokens: Tokens;
  readonly attempts: FailedAttempts;
  readonly audit: Pick<AuditTrail, 'note'>;
  /** What a key that was found good may be used for now, at most 900 ms old; undefined = nothing any more. */
  readonly permissionsOf: (key: {
    readonly clientId: string;
    readonly keyId: string;
  }) => Promise<readonly Permission[] | undefined>;
  /** The client of calls without a bearer token: for development only. */
  readonly anonymousClient: string | undefined;
}

export function createAuthentication({
  clients,
  tokens,
  attempts,
  audit,
  permissionsOf,
  anonymousClient,
}: AuthenticationDependencies): Authentication {
  async function validate(token: string) {
    const content = tokens.read(token);
    if (!content) throw new BoomerangError('unauthorized', `the token is none, or has expired: ${HOW}`);
    const permissions = await permissionsOf(content);
    if (!permissions) throw new BoomerangError('unauthorized', `the token's key is revoked: ${HOW}`);
    return { ...content, permissions };
  }

  async function requireLive({ clientId, keyId }: Caller) {
    if (keyId === undefined || (await permissionsOf({ clientId, keyId }))) return;
    throw new BoomerangError('unauthorized', `the key is revoked or has expired: ${HOW}`);
  }

  async function requireKnown(shown: Shown) {
    const nothing = shown.key === '' && !shown.certificate();
    if (nothing) throw new BoomerangError('unauthorized', `there is no key: ${HOW}`);
    const known = await attempts.attempt(shown.address, () => authenticateShown(clients, shown));
    if (!known) throw new BoomerangError('unauthorized', `unknown or wrong key: ${HOW}`);
    return known;
  }

  return {
    exchange(shown, clientId, lifetimeMs) {
      const { key, address } = shown;
      return audited(audit, { action: 'token.issue', address, shown: key }, async () => {
        const known = await requireKnown(shown);
        if (clientId !== '' && clientId !== known.clientId) {
          throw new BoomerangError('unauthorized', 'clientId: the key is not of that client');
        }
        return { ...tokens.issue(known.clientId, known.keyId, lifetimeMs), permissions: known.permissions };
      });
    },

    validate,

    async stillGood(bearer, caller) {
      if (bearer.startsWith(TOKEN_PREFIX)) await validate(bearer);
      else await requireLive(caller);
    },

    async callerOf(shown) {
      const { key, address } = shown;
      if (key === '' && !shown.certificate()) {
        if (anonymousClient !== undefined) {
          return {
            clientId: anonymousClient,
            keyId: undefined,
            permissions: DEFAULT_PERMISSIONS,
            policy: undefined,
          };
        }
        throw new BoomerangError('unauthorized', `nobody is authenticated: ${HOW}`);
      }
      const { clientId, permissions, ...known } = key.startsWith(TOKEN_PREFIX)
        ? await validate(key)
        : await noteFailure(audit, { action: 'call.authenticate', address, shown: key }, () =>
            requireKnown(shown),
          );
      return { clientId, keyId: known.keyId, permissions, policy: undefined };
    },
  };
}
