import type { RedisConnection } from '../connection/connection.js';
import { globalKeys } from '../partitions/keys.js';
import { readJson } from './read-clients.js';
import { scanNames } from './scan-names.js';
import type { StoredKey } from './stored-client.js';

/** Removes all keys and sessions of a client; how many there were. */
export async function endAccess(
  redis: RedisConnection,
  clientId: string,
): Promise<{ keys: number; sessions: number }> {
  let [keys, sessions] = [0, 0];
  for await (const names of scanNames(redis, 'boomerang:*')) {
    for (const [keyId, key] of await readJson<StoredKey>(redis, names, globalKeys.clientKey(''))) {
      if (key.clientId !== clientId) continue;
      const removed = await redis.del(globalKeys.clientKey(keyId));
      await redis.del(globalKeys.keyUse(keyId));
      if (key.revokedAt === undefined) keys += removed;
    }
    for (const [id, session] of await readJson<{ clientId: string }>(redis, names, globalKeys.session(''))) {
      if (session.clientId === clientId) sessions += await redis.del(globalKeys.session(id));
    }
  }
  return { keys, sessions };
}
