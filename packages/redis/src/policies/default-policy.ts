import type { DeliveryPolicy } from '@boomerang/domain';
import { requireOpenClient } from '../clients/stored-client.js';
import type { RedisConnection } from '../connection/connection.js';
import { decodeWholePolicy, encodePolicy } from '../layout/policy-codec.js';
import { globalKeys } from '../partitions/keys.js';

/** Undefined for a client that has none. @throws what `decodeWholePolicy` throws for what only a newer release can read. */
export async function readDefaultPolicy(
  redis: RedisConnection,
  clientId: string,
): Promise<DeliveryPolicy | undefined> {
  const json = await redis.get(globalKeys.defaultPolicy(clientId));
  return json === null ? undefined : decodeWholePolicy(json);
}

/**
 * Sets what the client's sessions have from now on whose handshake names no policy. Those that are open keep theirs.
 *
 * @throws BoomerangError `not_found` when there is no such client, `conflict` when it is being removed or was.
 */
export async function setDefaultPolicy(
  redis: RedisConnection,
  clientId: string,
  policy: DeliveryPolicy,
): Promise<void> {
  await requireOpenClient(redis, clientId);
  const place = globalKeys.defaultPolicy(clientId);
  await redis.set(place, encodePolicy(policy).json);
  // A removal of the client at the same time may have looked for its policy before this one existed.
  await requireOpenClient(redis, clientId).catch(async (error) => {
    await redis.del(place);
    throw error;
  });
}

/** @throws as `setDefaultPolicy`. */
export async function resetDefaultPolicy(redis: RedisConnection, clientId: string): Promise<void> {
  await requireOpenClient(redis, clientId);
  await redis.del(globalKeys.defaultPolicy(clientId));
}
