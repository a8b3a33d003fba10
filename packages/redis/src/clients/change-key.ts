import { BoomerangError, PERMISSIONS, type Permission } from '@boomerang/domain';
import type { RedisConnection } from '../connection/connection.js';
import { globalKeys } from '../partitions/keys.js';
import { readLua } from '../scripts-folder.js';
import { requireAddressRanges } from './key-addresses.js';
import { permissionsOf, type StoredKey } from './stored-client.js';

/** What a key may be used for, and from where. */
export interface KeyRights {
  readonly permissions: readonly Permission[];
  /** Ranges of addresses; none = from anywhere. */
  readonly addresses: readonly string[];
}

/** How often another change may come in between. */
const MOST_TRIES = 10;

/**
 * Changes what a key may be used for, from where, or both; what it has opened follows within a second as to its permissions.
 * What is not named stays. A key that is revoked at the same time stays revoked.
 *
 * @throws BoomerangError `not_found` when the client has no such key, or it was revoked; `invalid_request`.
 */
export async function changeKey(
  redis: RedisConnection,
  clientId: string,
  keyId: string,
  change: Partial<KeyRights>,
): Promise<{ readonly before: KeyRights; readonly after: KeyRights }> {
  requireAddressRanges(change.addresses ?? []);
  const place = globalKeys.clientKey(keyId);
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const json = await redis.get(place);
    const stored = json === null ? undefined : (JSON.parse(json) as StoredKey);
    if (!stored || stored.clientId !== clientId || stored.revokedAt !== undefined)
      throw new BoomerangError('not_found', `client ${clientId} has no key ${keyId} that is not revoked`);
    const before = rightsOf(stored);
    const after = { ...before, ...change };
    const permissions = PERMISSIONS.filter((each) => after.permissions.includes(each));
    const { addresses: _, ...rest } = stored;
    const changed: StoredKey = {
      ...rest,
      permissions,
      ...(after.addresses.length > 0 && { addresses: after.addresses }),
    };
    const script = readLua('clients/replace-value.lua');
    if (await redis.eval(script, 1, place, json as string, JSON.stringify(changed))) return { before, after };
  }
  throw new BoomerangError('unavailable', `key ${keyId} is being changed by others; nothing was changed`);
}

function rightsOf(key: StoredKey): KeyRights {
  return { permissions: permissionsOf(key), addresses: key.addresses ?? [] };
}
