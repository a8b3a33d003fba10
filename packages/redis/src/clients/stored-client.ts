import { BoomerangError, DEFAULT_PERMISSIONS, PERMISSIONS, type Permission } from '@boomerang/domain';
import type { RedisConnection } from '../connection/connection.js';
import { globalKeys } from '../partitions/keys.js';

/** A client as JSON. Times are ISO 8601. */
export interface StoredClient {
  readonly createdAt: string;
  /** Since when it is being removed; from then on none of its keys is good, and it gets nothing new. */
  readonly removingSince?: string;
}

/** A key as JSON. Older releases wrote, and read, nothing but the first two. Times are ISO 8601. */
export interface StoredKey {
  readonly clientId: string;
  /** HMAC-SHA-256 of the secret under the pepper, hex; of a revoked key random, so that no release takes it for good. */
  readonly hmac: string;
  /** What people call it. */
  readonly name?: string;
  readonly createdAt?: string;
  readonly permissions?: readonly string[];
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
  return json !== null && (JSON.parse(json) as StoredClient).removingSince === undefined;
}

/** @throws BoomerangError `not_found` when there is no such client, `conflict` when it is being removed. */
export async function requireOpenClient(redis: RedisConnection, clientId: string): Promise<void> {
  const json = await redis.get(globalKeys.client(clientId));
  if (json === null) throw noSuchClient(clientId);
  if (!isOpen(json)) throw beingRemoved(clientId);
}

export function noSuchClient(clientId: string): BoomerangError {
  return new BoomerangError('not_found', `there is no client ${clientId}`);
}

export function beingRemoved(clientId: string): BoomerangError {
  return new BoomerangError(
    'conflict',
    `client ${clientId} is being removed: run \`client remove ${clientId}\` again to finish that`,
  );
}
