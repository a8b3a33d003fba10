import { createHmac, randomBytes } from 'node:crypto';

/** How secrets of keys are kept: as HMAC-SHA-256 under the pepper. */
export type HmacOf = (secret: string) => Buffer;

export function hmacUnder(pepper: string): HmacOf {
  return (secret) => createHmac('sha256', pepper).update(secret).digest();
}

/** An HMAC that no secret has, hex. */
export function nobodysHmac(): string {
  return randomBytes(32).toString('hex');
}
