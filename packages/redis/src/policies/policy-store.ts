import {
  BoomerangError,
  type DeliveryPolicy,
  MOST_POLICIES,
  type NamedPolicy,
  type PolicyStore,
} from '@boomerang/domain';
import { requireOpenClient } from '../clients/stored-client.js';
import type { RedisConnection } from '../connection/connection.js';
import { unwrapRedisErrors } from '../connection/redis-error.js';
import { decodeWholePolicy, encodePolicy } from '../layout/policy-codec.js';
import { globalKeys } from '../partitions/keys.js';
import { readDefaultPolicy } from './default-policy.js';

/** Field that holds the name of the default; no policy can have that name. */
const DEFAULT = '=default';

interface StoredPolicy {
  readonly policy: string;
  /** ISO 8601. */
  readonly changedAt: string;
}

/** Policies of clients, a hash for each client. */
export function createPolicyStore(redis: RedisConnection): PolicyStore {
  async function list(clientId: string): Promise<NamedPolicy[]> {
    const { [DEFAULT]: chosen, ...policies } = await redis.hgetall(globalKeys.policies(clientId));
    return Object.entries(policies)
      .map(([name, json]) => decode(name, json, chosen))
      .sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  async function get(clientId: string, name: string): Promise<NamedPolicy | undefined> {
    const [json, chosen] = await redis.hmget(globalKeys.policies(clientId), name, DEFAULT);
    return typeof json === 'string' ? decode(name, json, chosen) : undefined;
  }

  async function defaultOf(clientId: string): Promise<DeliveryPolicy | undefined> {
    const name = await redis.hget(globalKeys.policies(clientId), DEFAULT);
    const named = name === null ? undefined : await get(clientId, name);
    return named?.policy ?? readDefaultPolicy(redis, clientId);
  }

  async function put(clientId: string, name: string, policy: DeliveryPolicy, isDefault: boolean) {
    await requireOpenClient(redis, clientId);
    const place = globalKeys.policies(clientId);
    const [known, chosen] = await redis.hmget(place, name, DEFAULT);
    // Two at once may exceed it by one.
    if (typeof known !== 'string' && (await redis.hlen(place)) >= MOST_POLICIES + (chosen ? 1 : 0))
      throw new BoomerangError('exhausted', `client ${clientId} has ${MOST_POLICIES} policies: remove one`);
    const stored: StoredPolicy = { policy: encodePolicy(policy).json, changedAt: new Date().toISOString() };
    await redis.hset(place, { [name]: JSON.stringify(stored), ...(isDefault && { [DEFAULT]: name }) });
    if (!isDefault && chosen === name) await redis.hdel(place, DEFAULT);
    // A removal of the client at the same time may have looked for its policies before this one existed.
    await requireOpenClient(redis, clientId).catch(async (error) => {
      await redis.del(place);
      throw error;
    });
    return { name, policy, isDefault, changedAt: stored.changedAt };
  }

  async function remove(clientId: string, name: string): Promise<boolean> {
    const place = globalKeys.policies(clientId);
    const removed = await redis.hdel(place, name);
    if ((await redis.hget(place, DEFAULT)) === name) await redis.hdel(place, DEFAULT);
    return removed > 0;
  }

  return {
    list: (clientId) => unwrapRedisErrors(list(clientId)),
    get: (clientId, name) => unwrapRedisErrors(get(clientId, name)),
    defaultOf: (clientId) => unwrapRedisErrors(defaultOf(clientId)),
    put: (clientId, name, policy, isDefault) => unwrapRedisErrors(put(clientId, name, policy, isDefault)),
    remove: (clientId, name) => unwrapRedisErrors(remove(clientId, name)),
  };
}

function decode(name: string, json: string, chosen: string | null | undefined): NamedPolicy {
  const { policy, changedAt } = JSON.parse(json) as StoredPolicy;
  try {
    return { name, policy: decodeWholePolicy(policy), isDefault: chosen === name, changedAt };
  } catch (cause) {
    const problem = `the policy ${name} was stored by a newer release than this gateway`;
    throw new BoomerangError('unavailable', problem, { cause });
  }
}
