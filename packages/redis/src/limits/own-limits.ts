import { type ClientLimits, isLimitValue, LIMIT_NAMES, type LimitName } from '@boomerang/domain';
import { requireOpenClient } from '../clients/stored-client.js';
import type { RedisConnection } from '../connection/connection.js';
import { globalKeys } from '../partitions/keys.js';

/** The limits that a client has of its own, without those that this release can't read. */
export async function readOwnLimits(
  redis: RedisConnection,
  clientId: string,
): Promise<Partial<ClientLimits>> {
  const stored = await redis.hgetall(globalKeys.clientLimits(clientId));
  const known = LIMIT_NAMES.filter((name) => isLimitValue(name, Number(stored[name] ?? Number.NaN)));
  return Object.fromEntries(known.map((name) => [name, Number(stored[name])]));
}

/**
 * Gives a client limits of its own. Gateways keep them within a second.
 *
 * @throws BoomerangError `not_found` when there is no such client, `conflict` when it is being removed or was.
 */
export async function setOwnLimits(
  redis: RedisConnection,
  clientId: string,
  limits: Partial<ClientLimits>,
): Promise<void> {
  await requireOpenClient(redis, clientId);
  const place = globalKeys.clientLimits(clientId);
  await redis.hset(place, limits);
  // A removal of the client at the same time may have looked for its limits before these existed.
  await requireOpenClient(redis, clientId).catch(async (error) => {
    await redis.del(place);
    throw error;
  });
}

/** Takes limits of its own from a client, so that it has those of the gateways again. @throws as `setOwnLimits`. */
export async function resetOwnLimits(
  redis: RedisConnection,
  clientId: string,
  names: readonly LimitName[],
): Promise<void> {
  await requireOpenClient(redis, clientId);
  await redis.hdel(globalKeys.clientLimits(clientId), ...names);
}
