import { PERMISSIONS, type Permission } from '@boomerang/domain';

/** What a valid signed token allows. As text it is used in place of a key id; no key's id has the same form. */
export interface JwtGrant {
  /** Name of the issuer. */
  readonly issuer: string;
  /** Unix epoch s. */
  readonly expiresAt: number;
  readonly permissions: readonly Permission[];
}

const GRANT = /^jwt\.([A-Za-z0-9-]{1,32})\.([0-9a-z]{1,9})\.([0-9a-z]{1,4})$/;

/** `jwt.<issuer>.<expiry>.<permissions>`, the numbers to the base 36. */
export function formatJwtGrant({ issuer, expiresAt, permissions }: JwtGrant): string {
  const bits = PERMISSIONS.reduce((sum, each, i) => sum + (permissions.includes(each) ? 2 ** i : 0), 0);
  return `jwt.${issuer}.${expiresAt.toString(36)}.${bits.toString(36)}`;
}

/** Undefined for the id of a key. */
export function parseJwtGrant(keyId: string): JwtGrant | undefined {
  const [, issuer, expiry, bits] = GRANT.exec(keyId) ?? [];
  if (issuer === undefined || expiry === undefined || bits === undefined) return undefined;
  const set = Number.parseInt(bits, 36);
  return {
    issuer,
    expiresAt: Number.parseInt(expiry, 36),
    permissions: PERMISSIONS.filter((_, i) => (set >> i) & 1),
  };
}
