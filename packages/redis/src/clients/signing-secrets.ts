import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { BoomerangError, type LiveSecret, type NewSecret, type SigningSecrets } from '@boomerang/domain';
import type { RedisConnection } from '../connection/connection.js';
import { globalKeys } from '../partitions/keys.js';
import { seal, unseal } from './seal.js';
import { requireOpenClient } from './stored-client.js';

/** Two, so that receivers can be moved from one to the other while both sign. */
export const MAX_LIVE_SECRETS = 2;

const KEY_BYTES = 32;

interface StoredSecret {
  readonly createdAt: string;
  /** The key, sealed under the master key for its client and secret id. */
  readonly sealed: string;
}

/** Clients' signing secrets. Redis has them only encrypted. */
export interface SigningSecretDirectory extends SigningSecrets {
  /**
   * Gives a client a further secret.
   *
   * @throws BoomerangError `not_found` when there is no such client, `conflict` when it has two already or is being removed.
   */
  add(clientId: string): Promise<NewSecret>;
  /** The newest first. */
  list(clientId: string): Promise<LiveSecret[]>;
  /** Sees to it that what is sealed from now on can be told from what is under another key. @throws when there is such. */
  markMasterKey(): Promise<void>;
  /** Whether there was such a secret. */
  revoke(clientId: string, secretId: string): Promise<boolean>;
}

/** @throws when what is in this Redis is encrypted under another master key. */
export async function openSigningSecrets(
  redis: RedisConnection,
  masterKey: Uint8Array,
): Promise<SigningSecretDirectory> {
  const mark = createHmac('sha256', masterKey).update('boomerang master key').digest('hex');
  const requireSameKey = (stored: string | null) => {
    if (stored === null || timingSafeEqual(Buffer.from(stored), Buffer.from(mark))) return;
    throw new Error('the signing secrets in this Redis are encrypted under another BOOMERANG_MASTER_KEY');
  };
  requireSameKey(await redis.get(globalKeys.masterKeyMark));

  function open(clientId: string, secretId: string, sealed: string): Buffer {
    try {
      return unseal(masterKey, contextOf(clientId, secretId), sealed);
    } catch (cause) {
      const problem = 'was encrypted under another BOOMERANG_MASTER_KEY, or changed since';
      throw new Error(`signing secret ${secretId} of client ${clientId} ${problem}`, { cause });
    }
  }

  async function stored(clientId: string): Promise<(LiveSecret & StoredSecret)[]> {
    const fields = await redis.hgetall(globalKeys.signingSecrets(clientId));
    return Object.entries(fields)
      .map(([secretId, json]) => ({ secretId, ...(JSON.parse(json) as StoredSecret) }))
      .sort((one, other) => other.createdAt.localeCompare(one.createdAt));
  }

  async function markMasterKey(): Promise<void> {
    await redis.set(globalKeys.masterKeyMark, mark, 'NX');
    requireSameKey(await redis.get(globalKeys.masterKeyMark));
  }

  return {
    markMasterKey,

    async keysOf(clientId) {
      const secrets = await stored(clientId);
      return secrets.map(({ secretId, sealed }) => open(clientId, secretId, sealed));
    },

    async add(clientId) {
      await requireOpenClient(redis, clientId);
      await markMasterKey();
      const secretId = randomBytes(4).toString('hex');
      const key = randomBytes(KEY_BYTES);
      const createdAt = new Date().toISOString();
      const record: StoredSecret = { createdAt, sealed: seal(masterKey, contextOf(clientId, secretId), key) };
      const secrets = globalKeys.signingSecrets(clientId);
      await redis.hset(secrets, secretId, JSON.stringify(record));
      // A removal of the client at the same time may have looked for its secrets before this one existed.
      await requireOpenClient(redis, clientId).catch(async (error) => {
        await redis.hdel(secrets, secretId);
        throw error;
      });
      // Counted after the write: of two calls that add a secret at the same time, neither can exceed the limit.
      if ((await redis.hlen(secrets)) > MAX_LIVE_SECRETS) {
        await redis.hdel(secrets, secretId);
        const problem = `client ${clientId} has ${MAX_LIVE_SECRETS} live secrets already: revoke one first`;
        throw new BoomerangError('conflict', problem);
      }
      return { secretId, createdAt, key };
    },

    async list(clientId) {
      return (await stored(clientId)).map(({ secretId, createdAt }) => ({ secretId, createdAt }));
    },

    async revoke(clientId, secretId) {
      return (await redis.hdel(globalKeys.signingSecrets(clientId), secretId)) > 0;
    },
  };
}

function contextOf(clientId: string, secretId: string): string {
  return `boomerang signing secret of ${clientId}: ${secretId}`;
}
