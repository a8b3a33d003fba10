import { createHmac, timingSafeEqual } from 'node:crypto';

/** Whom a token stands for, and until when. What its key may be used for is looked up at each use. */
export interface TokenContent {
  readonly clientId: string;
  readonly keyId: string;
  /** Unix epoch ms, by the clock of the gateway that issued it. */
  readonly expiresAtMs: number;
}

export interface Tokens {
  /** @param lifetimeMs default: that of all tokens. */
  issue(clientId: string, keyId: string, lifetimeMs?: number): TokenContent & { readonly token: string };
  /** Undefined if the text is no token, the token has expired, or it was not signed with this pepper. */
  read(token: string): TokenContent | undefined;
}

const TOKEN = /^bmt_([A-Za-z0-9.-]{1,64})_([0-9a-z]{1,9})_([0-9a-f]{64})_([A-Za-z0-9][A-Za-z0-9._-]{0,63})$/;

/** The prefix that distinguishes a token from a key. */
export const TOKEN_PREFIX = 'bmt_';

/**
 * Short-lived bearer tokens that every gateway with the same pepper can verify by itself:
 * `bmt_<key id>_<expiry>_<HMAC>_<client>`. Nothing is stored.
 *
 * @param lifetimeMs of a token, ms.
 */
export function createTokens(
  pepper: string,
  lifetimeMs: number,
  nowMs: () => number = () => Date.now(),
): Tokens {
  const sign = (keyId: string, expiry: string, clientId: string) =>
    createHmac('sha256', pepper).update(`token\n${keyId}\n${expiry}\n${clientId}`).digest();
  return {
    issue(clientId, keyId, ownLifetimeMs = lifetimeMs) {
      const expiresAtMs = nowMs() + ownLifetimeMs;
      const expiry = expiresAtMs.toString(36);
      const token = `${TOKEN_PREFIX}${keyId}_${expiry}_${sign(keyId, expiry, clientId).toString('hex')}_${clientId}`;
      return { token, clientId, keyId, expiresAtMs };
    },

    read(token) {
      const [, keyId = '', expiry = '', hmac = '', clientId = ''] = TOKEN.exec(token) ?? [];
      if (keyId === '' || !timingSafeEqual(sign(keyId, expiry, clientId), Buffer.from(hmac, 'hex')))
        return undefined;
      const expiresAtMs = Number.parseInt(expiry, 36);
      return expiresAtMs > nowMs() ? { clientId, keyId, expiresAtMs } : undefined;
    },
  };
}
