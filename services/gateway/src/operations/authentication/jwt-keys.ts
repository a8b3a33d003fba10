import { readFile, stat } from 'node:fs/promises';
import { createLocalJWKSet, createRemoteJWKSet, type JWTVerifyGetKey } from 'jose';

/** A file is looked at again after so long, ms; keys from a URL are fetched anew after so long, or for a key that is new. */
const FILE_TRUST_MS = 5_000;
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
  let known: JWTVerifyGetKey | undefined;
  let [writtenMs, lookedAt] = [Number.NaN, Number.NEGATIVE_INFINITY];

  async function look(): Promise<JWTVerifyGetKey> {
    const { mtimeMs } = await stat(path);
    lookedAt = performance.now();
    if (known && mtimeMs === writtenMs) return known;
    known = createLocalJWKSet(JSON.parse(await readFile(path, 'utf8')));
    writtenMs = mtimeMs;
    return known;
  }

  return async (header, token) => {
    const fresh = known && performance.now() - lookedAt < FILE_TRUST_MS;
    // While a file is being replaced, or is damaged, the earlier keys stay in use.
    const keys = fresh && known ? known : await look().catch((error) => known ?? Promise.reject(error));
    return keys(header, token);
  };
}
