import type { ClientDetails, KeyDetails } from '@boomerang/domain';
import type { RedisConnection } from '../connection/connection.js';
import { globalKeys } from '../partitions/keys.js';
import { scanNames } from './scan-names.js';
import { permissionsOf, type StoredClient, type StoredKey } from './stored-client.js';

/** All clients by name, without those that were removed. It looks through all of Redis. */
export async function listClients(redis: RedisConnection): Promise<ClientDetails[]> {
  const { clients, keysOf } = await readAll(redis);
  const described = await Promise.all(
    [...clients].map(async ([clientId, { createdAt, removingSince }]) => {
      const own = [...(keysOf.get(clientId) ?? [])];
      const keys = await Promise.all(own.map(([keyId, key]) => detailsOf(redis, keyId, key)));
      const state = removingSince === undefined ? {} : { removingSince };
      return { clientId, createdAt, ...state, keys: keys.sort(newestFirst) };
    }),
  );
  return described.sort((one, other) => (one.clientId < other.clientId ? -1 : 1));
}

async function readAll(redis: RedisConnection) {
  const clients = new Map<string, StoredClient>();
  const keysOf = new Map<string, Map<string, StoredKey>>();
  for await (const names of scanNames(redis, 'boomerang:*')) {
    for (const [id, client] of await readJson<StoredClient>(redis, names, globalKeys.client(''))) {
      if (client.removedAt === undefined) clients.set(id, client);
    }
    for (const [id, key] of await readJson<StoredKey>(redis, names, globalKeys.clientKey(''))) {
      const own = keysOf.get(key.clientId) ?? new Map<string, StoredKey>();
      keysOf.set(key.clientId, own.set(id, key));
    }
  }
  return { clients, keysOf };
}

/** What is in those of the names that begin with `prefix`, by the rest of the name. */
export async function readJson<T>(
  redis: RedisConnection,
  names: readonly string[],
  prefix: string,
): Promise<[id: string, T][]> {
  const own = names.filter((name) => name.startsWith(prefix));
  const values = await Promise.all(own.map((name) => redis.get(name)));
  return values.flatMap((json, i) =>
    json === null ? [] : [[(own[i] as string).slice(prefix.length), JSON.parse(json) as T]],
  );
}

async function detailsOf(redis: RedisConnection, keyId: string, key: StoredKey): Promise<KeyDetails> {
  const usedAtMs = await redis.get(globalKeys.keyUse(keyId));
  const { name = '', addresses, createdAt, expiresAt, revokedAt } = key;
  return {
    keyId,
    name,
    permissions: permissionsOf(key),
    ...(addresses && { addresses }),
    ...(createdAt !== undefined && { createdAt }),
    ...(usedAtMs !== null && { lastUsedAt: new Date(Number(usedAtMs)).toISOString() }),
    ...(expiresAt !== undefined && { expiresAt }),
    ...(revokedAt !== undefined && { revokedAt }),
  };
}

function newestFirst(one: KeyDetails, other: KeyDetails): number {
  return (other.createdAt ?? '').localeCompare(one.createdAt ?? '') || one.keyId.localeCompare(other.keyId);
}
