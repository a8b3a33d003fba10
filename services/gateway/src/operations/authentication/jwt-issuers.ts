import { DEFAULT_PERMISSIONS, PERMISSIONS, type Permission } from '@boomerang/domain';
import { type ListedEntry, readListedEntries } from './listed-entries.js';

/** Somebody whose signed tokens (JWT) are taken, and for what. */
export interface JwtIssuer {
  /** Names it in key ids, logs and the audit: 1 to 32 letters, digits or "-". */
  readonly name: string;
  /** The claim `iss`. */
  readonly issuer: string;
  /** What the claim `aud` has to contain. */
  readonly audience: string;
  /** Its public keys: a URL, or the path of a file. */
  readonly jwks: string;
  readonly algorithms: readonly string[];
  /** The claim that holds the name of the client. */
  readonly clientClaim: string;
  /** The claim that holds permissions, as a list or separated by blanks; undefined: each token has all of `permissions`. */
  readonly permissionsClaim: string | undefined;
  /** Permissions that its tokens may have at most. */
  readonly permissions: readonly Permission[];
  readonly clockSkewSeconds: number;
}

export const JWT_ISSUERS = 'BOOMERANG_JWT_ISSUERS';

/** Algorithms with a public key: with a shared secret, the gateway could also make tokens. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];

/** @throws ConfigError if the file can't be read, or says what is not allowed. */
export function readJwtIssuers(path: string | undefined): JwtIssuer[] {
  return path === undefined ? [] : readListedEntries(JWT_ISSUERS, path, 'issuers', readIssuer);
}

function readIssuer(entry: ListedEntry): JwtIssuer {
  const anything = /^.+$/s;
  const claim = (field: string, otherwise?: string) =>
    entry.text(field, anything, 'the name of a claim', otherwise);
  return {
    name: entry.name(),
    issuer: entry.text('issuer', anything, 'the claim "iss" of its tokens'),
    audience: entry.text('audience', anything, 'what the claim "aud" has to contain'),
    jwks: entry.text('jwks', anything, 'a URL, or the path of a file'),
    algorithms: entry.listOf('algorithms', ALGORITHMS, ['RS256', 'ES256', 'EdDSA']),
    clientClaim: claim('clientClaim', 'sub'),
    permissionsClaim: entry.get('permissionsClaim') === undefined ? undefined : claim('permissionsClaim'),
    permissions: entry.listOf('permissions', PERMISSIONS, DEFAULT_PERMISSIONS),
    clockSkewSeconds: clockSkewOf(entry),
  };
}

function clockSkewOf(entry: ListedEntry): number {
  const value = entry.get('clockSkewSeconds') ?? 30;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 300) return value;
  throw entry.bad('clockSkewSeconds', '0 to 300');
}
