import { BoomerangError, type Permission } from '@boomerang/domain';
import type { spage } from '@boomerang/protocol';
import type { Metadata } from '@grpc/grpc-js';
import type { Authentication } from '../../operations/authentication/authentication.js';
import type { Asker } from './asker.js';
import { errorToSpage } from './status.js';

/**
 * The token or key that a call shows; '' where it shows none.
 *
 * @throws BoomerangError `unauthorized` for another form of authorization.
 */
export function bearerOf(metadata: Metadata): string {
  const [value] = metadata.get('authorization');
  if (value === undefined) return '';
  const [, bearer] = /^bearer +(\S+)$/i.exec(String(value)) ?? [];
  if (bearer !== undefined) return bearer;
  throw new BoomerangError('unauthorized', 'authorization: it is not "Bearer <token or API key>"');
}

/** Answers OK whatever the key is. */
export async function authenticateToWire(
  authentication: Authentication,
  { apiKey, clientId }: { readonly apiKey: string; readonly clientId: string },
  { address, certificate }: Asker,
): Promise<spage.api.AuthResponse.$Properties> {
  try {
    const { token, expiresAtMs, permissions } = await authentication.exchange(
      { key: apiKey, address, certificate },
      clientId,
    );
    return {
      success: true,
      token,
      expiresAt: Math.floor(expiresAtMs / 1_000),
      permissions: permissionsToWire(permissions),
    };
  } catch (thrown) {
    return { success: false, error: errorToSpage(requireUnauthorized(thrown)) };
  }
}

/** Answers OK whatever the token is. */
export async function validateToWire(
  authentication: Authentication,
  token: string,
): Promise<spage.api.ValidateTokenResponse.$Properties> {
  try {
    const { clientId, permissions, expiresAtMs } = await authentication.validate(token);
    return {
      valid: true,
      clientId,
      permissions: permissionsToWire(permissions),
      expiresAt: Math.floor(expiresAtMs / 1_000),
    };
  } catch (thrown) {
    return { valid: false, error: errorToSpage(requireUnauthorized(thrown)) };
  }
}

function permissionsToWire(permissions: readonly Permission[]): Record<string, string> {
  return Object.fromEntries(permissions.map((permission) => [permission, 'allowed']));
}

function requireUnauthorized(thrown: unknown): BoomerangError {
  if (thrown instanceof BoomerangError && thrown.code === 'unauthorized') return thrown;
  throw thrown;
}
