import { readFileSync } from 'node:fs';
import { DEFAULT_PERMISSIONS, PERMISSIONS, type Permission } from '@boomerang/domain';
import { ConfigError } from '@boomerang/runtime';

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
  if (path === undefined) return [];
  const issuers = asList(readJson(path)).map(readIssuer);
  const names = issuers.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw bad(`two issuers have the name ${JSON.stringify(twice)}`, 'one each');
  return issuers;
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw bad(`${JSON.stringify(path)} can't be read (${(error as Error).message})`, 'a file of JSON');
  }
}

function asList(content: unknown): unknown[] {
  if (Array.isArray(content)) return content;
  throw bad('the file holds no list', 'a JSON array of issuers');
}

function readIssuer(entry: unknown, index: number): JwtIssuer {
  const fields = (entry ?? {}) as Record<string, unknown>;
  const text = (field: string, pattern: RegExp, allowed: string, otherwise?: string) => {
    const value = fields[field] ?? otherwise;
    if (typeof value === 'string' && pattern.test(value)) return value;
    throw bad(`[${index}].${field} is ${JSON.stringify(value) ?? 'missing'}`, allowed);
  };
  const anything = /^.+$/s;
  return {
    name: text('name', /^[A-Za-z0-9-]{1,32}$/, '1 to 32 letters, digits or "-"'),
    issuer: text('issuer', anything, 'the claim "iss" of its tokens'),
    audience: text('audience', anything, 'what the claim "aud" has to contain'),
    jwks: text('jwks', anything, 'a URL, or the path of a file'),
    algorithms: listOf(fields.algorithms ?? ['RS256', 'ES256', 'EdDSA'], ALGORITHMS, `[${index}].algorithms`),
    clientClaim: text('clientClaim', anything, 'the name of a claim', 'sub'),
    permissionsClaim:
      fields.permissionsClaim === undefined
        ? undefined
        : text('permissionsClaim', anything, 'the name of a claim'),
    permissions: listOf(fields.permissions ?? DEFAULT_PERMISSIONS, PERMISSIONS, `[${index}].permissions`),
    clockSkewSeconds: wholeNumber(fields.clockSkewSeconds ?? 30, `[${index}].clockSkewSeconds`),
  };
}

function listOf<T extends string>(value: unknown, allowed: readonly T[], field: string): T[] {
  const list = Array.isArray(value) ? value : [];
  const known = allowed.filter((each) => list.includes(each));
  if (list.length > 0 && known.length === list.length) return known;
  throw bad(`${field} is ${JSON.stringify(value)}`, `a list of ${allowed.join(', ')}`);
}

function wholeNumber(value: unknown, field: string): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 300) return value;
  throw bad(`${field} is ${JSON.stringify(value)}`, '0 to 300');
}

function bad(problem: string, allowed: string): ConfigError {
  return new ConfigError([`${JWT_ISSUERS}: ${problem}: expected ${allowed}`]);
}
