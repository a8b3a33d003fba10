import { readFile } from 'node:fs/promises';
import { createLocalJWKSet, createRemoteJWKSet, type JWTVerifyGetKey } from 'jose';
import { freshFile } from './fresh-file.js';

/** Keys from a URL are fetched anew after so long, or for a key that is new, ms. */
const URL_TRUST_MS = 600_000;
const URL_COOLDOWN_MS = 10_000;
const URL_TIMEOUT_MS = 1_000;

/** The public keys of an issuer, kept fresh. @param jwks a URL, or the path of a file. */
export function jwtKeys(jwks: string): JWTVerifyGetKey {
  if (!/^https?:\/\//.test(jwks)) return keysOfFile(jwks);
  return createRemoteJWKSet(new URL(jwks), {
    cacheMaxAge: URL_TRUST_MS,
    cooldownDuration: URL_COOLDOWN_MS,
    timeoutDuration: URL_TIMEOUT_MS,
  });
}

function keysOfFile(path: string): JWTVerifyGetKey {
  const keys = freshFile(path, async () => createLocalJWKSet(JSON.parse(await readFile(path, 'utf8'))));
  return async (header, token) => (await keys())(header, token);
}
