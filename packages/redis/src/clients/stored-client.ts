import { BoomerangError, DEFAULT_PERMISSIONS, PERMISSIONS, type Permission } from '@boomerang/domain';
import type { RedisConnection } from '../connection/connection.js';
import { globalKeys } from '../partitions/keys.js';

/**
 * How long a revoked key and the name of a removed client are kept, ms. Until then neither the key's id nor the client's
 * name can be used again. No session of the key lives that long without a refresh, and no idempotency key of the client is
 * kept longer. So nothing of the old key or client is ever taken for the new one's.
 */
export const REMEMBERED_MS = 31 * 86_400_000;

/** A client as JSON. Times are ISO 8601. */
export interface StoredClient {
  readonly createdAt: string;
  /** Since when it is being removed; from then on none of its keys is good, and it gets nothing new. */
  readonly removingSince?: string;
  /** When it was removed; then the Redis key has a TTL. */
  readonly removedAt?: string;
}

/** A key as JSON. Older releases wrote, and read, nothing but the first two. Times are ISO 8601. */
export interface StoredKey {
  readonly clientId: string;
  /** HMAC-SHA-256 of the secret under the pepper, hex; of a revoked key random, so that no release takes it for good. */
  readonly hmac: string;
  /** Name of the key, for people. */
  readonly name?: string;
  readonly createdAt?: string;
  readonly permissions?: readonly string[];
  /** Ranges from which alone it may be shown; absent: from anywhere. Older releases don't look at them. */
  readonly addresses?: readonly string[];
  /** The TTL of the Redis key is what counts. */
  readonly expiresAt?: string;
  readonly revokedAt?: string;
}

/** Those that this release knows, in their order; a key of an older release has the default ones. */
export function permissionsOf({ permissions }: StoredKey): readonly Permission[] {
  if (!permissions) return DEFAULT_PERMISSIONS;
  return PERMISSIONS.filter((permission) => permissions.includes(permission));
}

/** @param json what `globalKeys.client` holds. */
export function isOpen(json: string | null): boolean {
  return json !== null && refusalOf('', JSON.parse(json) as StoredClient) === undefined;
}

/** @throws BoomerangError `not_found` when there is no such client, `conflict` when it is being removed or was. */
export async function requireOpenClient(redis: RedisConnection, clientId: string): Promise<void> {
  const json = await redis.get(globalKeys.client(clientId));
  if (json === null) throw noSuchClient(clientId);
  const refusal = refusalOf(clientId, JSON.parse(json) as StoredClient);
  if (refusal) throw refusal;
}

/** Why an existing client gets no new keys, secrets or limits; undefined if it may get them. */
export function refusalOf(clientId: string, client: StoredClient): BoomerangError | undefined {
  const { removedAt, removingSince } = client;
  if (removedAt !== undefined) {
    const freeAt = new Date(Date.parse(removedAt) + REMEMBERED_MS).toISOString();
    const problem = `client ${clientId} was removed at ${removedAt}: its name can be used again from ${freeAt} on`;
    return new BoomerangError('conflict', problem);
  }
  if (removingSince === undefined) return undefined;
  const problem = `client ${clientId} is being removed: run \`client remove ${clientId}\` again to finish that`;
  return new BoomerangError('conflict', problem);
}

export function noSuchClient(clientId: string): BoomerangError {
  return new BoomerangError('not_found', `there is no client ${clientId}`);
}
