import { BoomerangError } from '@boomerang/domain';
import type { RedisConnection } from '../connection/connection.js';
import { globalKeys } from '../partitions/keys.js';
import { nobodysHmac } from './key-hmac.js';
import { REMEMBERED_MS, type StoredKey } from './stored-client.js';

/**
 * Revokes a key. It opens no session any more, and its sessions end within a second.
 *
 * @throws BoomerangError `not_found` when the client has no such key, or it was revoked before.
 */
export async function revokeKey(redis: RedisConnection, clientId: string, keyId: string): Promise<void> {
  const place = globalKeys.clientKey(keyId);
  const json = await redis.get(place);
  const stored = json === null ? undefined : (JSON.parse(json) as StoredKey);
  if (stored?.clientId !== clientId)
    throw new BoomerangError('not_found', `client ${clientId} has no key ${keyId}`);
  if (stored.revokedAt !== undefined) {
    throw new BoomerangError('not_found', `key ${keyId} of client ${clientId} was revoked before`);
  }
  const { expiresAt: _, ...rest } = stored;
  const revoked: StoredKey = { ...rest, hmac: nobodysHmac(), revokedAt: new Date().toISOString() };
  // Only if it is still there: a client may be removed at the same time.
  await redis.set(place, JSON.stringify(revoked), 'PX', REMEMBERED_MS, 'XX');
}
