import {
  type AuthenticatedKey,
  BoomerangError,
  type ClientStore,
  type Permission,
  validateClientId,
} from '@boomerang/domain';
import { decodeJwt, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { formatJwtGrant, type JwtGrant, parseJwtGrant } from './jwt-grant.js';
import type { JwtIssuer } from './jwt-issuers.js';
import { jwtKeys } from './jwt-keys.js';

const JWT = /^[A-Za-z0-9_-]{2,}\.[A-Za-z0-9_-]{2,}\.[A-Za-z0-9_-]{2,}$/;
/** Longest token that is checked, characters. */
const MOST_CHARACTERS = 3_500;

/** Whether a text has the form of a JWT, which no key and no token of ours has. */
export function looksLikeJwt(text: string): boolean {
  return text.length <= MOST_CHARACTERS && JWT.test(text);
}

/** A client store that also accepts signed tokens of issuers in place of keys. */
export function withJwt(clients: ClientStore, issuers: readonly JwtIssuer[]): ClientStore {
  if (issuers.length === 0) return clients;
  const known = issuers.map((issuer) => ({ issuer, keys: jwtKeys(issuer.jwks) }));
  const isOpen = async (clientId: string) =>
    (await clients.permissionsNow(clientId, undefined)) !== undefined;

  async function authenticateJwt(token: string): Promise<AuthenticatedKey> {
    const said = issuerOf(token);
    const found = known.find(({ issuer }) => issuer.issuer === said);
    if (!found) throw refused('its issuer is none that is configured');
    const payload = await verify(token, found.issuer, found.keys);
    const clientId = clientOf(payload, found.issuer);
    if (!(await isOpen(clientId))) throw refused('its client is not there');
    const permissions = permissionsOf(payload, found.issuer);
    const grant = { issuer: found.issuer.name, expiresAt: payload.exp as number, permissions };
    return { clientId, keyId: formatJwtGrant(grant), permissions };
  }

  return {
    authenticate: async (text, address) =>
      looksLikeJwt(text) ? authenticateJwt(text) : clients.authenticate(text, address),

    async permissionsNow(clientId, keyId) {
      const grant = keyId === undefined ? undefined : parseJwtGrant(keyId);
      if (!grant) return clients.permissionsNow(clientId, keyId);
      const issuer = issuers.find(({ name }) => name === grant.issuer);
      if (!issuer || hasExpired(grant, issuer) || !(await isOpen(clientId))) return undefined;
      return grant.permissions.filter((each) => issuer.permissions.includes(each));
    },

    async noteUse(keyId) {
      if (!parseJwtGrant(keyId)) await clients.noteUse(keyId);
    },
  };
}

function hasExpired({ expiresAt }: JwtGrant, { clockSkewSeconds }: JwtIssuer): boolean {
  return (expiresAt + clockSkewSeconds) * 1_000 <= Date.now();
}

function issuerOf(token: string): unknown {
  try {
    return decodeJwt(token).iss;
  } catch {
    throw refused('it can not be read');
  }
}

async function verify(token: string, issuer: JwtIssuer, keys: JWTVerifyGetKey): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer: issuer.issuer,
      audience: issuer.audience,
      algorithms: [...issuer.algorithms],
      clockTolerance: issuer.clockSkewSeconds,
      requiredClaims: ['exp', issuer.clientClaim],
    });
    return payload;
  } catch (error) {
    throw refusalOf(error, issuer);
  }
}

/** Tells errors of the token, which its holder may know, from faults of our own. */
function refusalOf(error: unknown, issuer: JwtIssuer): BoomerangError {
  if (error instanceof errors.JWTExpired) return refused('it has expired');
  if (error instanceof errors.JWTClaimValidationFailed)
    return refused(`its claim "${error.claim}" does not fit`);
  if (error instanceof errors.JOSEAlgNotAllowed) return refused('its algorithm is not allowed');
  const mayBeForged = [
    errors.JWSSignatureVerificationFailed,
    errors.JWKSNoMatchingKey,
    errors.JWTInvalid,
    errors.JWSInvalid,
    errors.JOSENotSupported,
    errors.JWKSMultipleMatchingKeys,
  ];
  if (mayBeForged.some((kind) => error instanceof kind)) return refused('its signature is not of the issuer');
  const problem = `the public keys of the issuer "${issuer.name}" can't be had; nothing was changed`;
  return new BoomerangError('unavailable', problem, { cause: error });
}

function clientOf(payload: JWTPayload, { clientClaim }: JwtIssuer): string {
  const clientId = payload[clientClaim];
  try {
    validateClientId(String(clientId));
    return String(clientId);
  } catch {
    throw refused(`its claim "${clientClaim}" is not a client's name`);
  }
}

function permissionsOf(
  payload: JWTPayload,
  { permissionsClaim, permissions }: JwtIssuer,
): readonly Permission[] {
  if (permissionsClaim === undefined) return permissions;
  const claimed = payload[permissionsClaim];
  const list = typeof claimed === 'string' ? claimed.split(' ') : Array.isArray(claimed) ? claimed : [];
  return permissions.filter((each) => list.includes(each));
}

function refused(problem: string): BoomerangError {
  return new BoomerangError('unauthorized', `the signed token (JWT) is refused: ${problem}`);
}
