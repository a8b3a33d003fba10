import { timingSafeEqual } from 'node:crypto';
import { type ClientStore, type Permission, parseClientKey } from '@boomerang/domain';
import type { RedisConnection } from '../connection/connection.js';
import { unwrapRedisErrors } from '../connection/redis-error.js';
import { globalKeys } from '../partitions/keys.js';
import { isWithin } from './key-addresses.js';
import { hmacUnder, nobodysHmac } from './key-hmac.js';
import { isOpen, permissionsOf, type StoredKey } from './stored-client.js';

/** How long the time of a key's last use is kept, ms: more than a year, for programs that run once a year. */
const USE_KEPT_MS = 400 * 86_400_000;

/** Clients' keys, of which Redis has peppered HMACs only. */
export function createClientStore(redis: RedisConnection, pepper: string): ClientStore {
  const hmacOf = hmacUnder(pepper);
  const nobody: StoredKey = { clientId: '', hmac: nobodysHmac() };

  const storedKey = async (keyId: string): Promise<StoredKey | undefined> => {
    const json = await redis.get(globalKeys.clientKey(keyId));
    return json === null ? undefined : (JSON.parse(json) as StoredKey);
  };
  const hasClient = async (clientId: string) => isOpen(await redis.get(globalKeys.client(clientId)));

  async function authenticate(text: string, address: string | undefined) {
    const key = parseClientKey(text);
    if (!key) return undefined;
    const stored = await storedKey(key.keyId);
    const known = stored ?? nobody;
    const matches = timingSafeEqual(hmacOf(key.secret), Buffer.from(known.hmac, 'hex'));
    if (!matches || !stored || !(await hasClient(known.clientId))) return undefined;
    if (known.addresses && !isWithin(address ?? '', known.addresses)) return undefined;
    return { clientId: known.clientId, keyId: key.keyId, permissions: permissionsOf(known) };
  }

  async function permissionsNow(
    clientId: string,
    keyId: string | undefined,
  ): Promise<readonly Permission[] | undefined> {
    const key: StoredKey | Promise<StoredKey | undefined> =
      keyId === undefined ? { ...nobody, clientId } : storedKey(keyId);
    // At the same time, so that both travel together.
    const [stored, there] = await Promise.all([key, hasClient(clientId)]);
    if (!there || stored?.clientId !== clientId || stored.revokedAt !== undefined) return undefined;
    return permissionsOf(stored);
  }

  async function noteUse(keyId: string): Promise<void> {
    await redis.set(globalKeys.keyUse(keyId), Date.now(), 'PX', USE_KEPT_MS);
  }

  return {
    authenticate: (key, address) => unwrapRedisErrors(authenticate(key, address)),
    permissionsNow: (clientId, keyId) => unwrapRedisErrors(permissionsNow(clientId, keyId)),
    noteUse: (keyId) => unwrapRedisErrors(noteUse(keyId)),
  };
}
