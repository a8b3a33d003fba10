import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import {
  BoomerangError,
  type ClientKey,
  type ClientStore,
  DEFAULT_PERMISSIONS,
  parseClientKey,
  validateClientId,
} from '@boomerang/domain';
import type { RedisConnection } from '../connection/connection.js';
import { fromRedisError } from '../connection/redis-error.js';
import { globalKeys } from '../partitions/keys.js';

interface StoredKey {
  readonly clientId: string;
  /** HMAC-SHA-256 of the secret under the pepper, hex. */
  readonly hmac: string;
}

/** Clients and their keys; keys are kept only as peppered HMACs. */
export interface ClientDirectory extends ClientStore {
  /** @throws BoomerangError `conflict` when there is such a client already. */
  create(clientId: string): Promise<void>;
  /**
   * Gives a client a further key, which can't be had again.
   *
   * @param key the key to give instead of a random one.
   * @throws BoomerangError `not_found` when there is no such client, `conflict` when there is such a key already.
   */
  addKey(clientId: string, key?: string): Promise<string>;
}

export function createClientDirectory(redis: RedisConnection, pepper: string): ClientDirectory {
  const hmacOf = (secret: string) => createHmac('sha256', pepper).update(secret).digest();
  const nobody: StoredKey = { clientId: '', hmac: hmacOf(randomBytes(32).toString('hex')).toString('hex') };

  return {
    async authenticate(text) {
      const key = parseClientKey(text);
      if (!key) return undefined;
      const stored = await redis.get(globalKeys.clientKey(key.keyId)).catch((error) => {
        throw fromRedisError(error);
      });
      const known = stored ? (JSON.parse(stored) as StoredKey) : nobody;
      const matches = timingSafeEqual(hmacOf(key.secret), Buffer.from(known.hmac, 'hex'));
      if (!matches || !stored) return undefined;
      return { clientId: known.clientId, keyId: key.keyId, permissions: DEFAULT_PERMISSIONS };
    },

    async create(clientId) {
      validateClientId(clientId);
      const details = JSON.stringify({ createdAt: new Date().toISOString() });
      const created = await redis.set(globalKeys.client(clientId), details, 'NX');
      if (!created) throw new BoomerangError('conflict', `client ${clientId} exists already`);
    },

    async addKey(clientId, key = randomKey()) {
      const { keyId, secret } = requireKey(key);
      if (!(await redis.exists(globalKeys.client(clientId)))) {
        throw new BoomerangError('not_found', `there is no client ${clientId}`);
      }
      const record: StoredKey = { clientId, hmac: hmacOf(secret).toString('hex') };
      const added = await redis.set(globalKeys.clientKey(keyId), JSON.stringify(record), 'NX');
      if (!added) throw new BoomerangError('conflict', `key id ${keyId} exists already`);
      return key;
    },
  };
}

/** 256 random bits. */
function randomKey(): string {
  return `bmr_${randomBytes(8).toString('hex')}_${randomBytes(32).toString('hex')}`;
}

function requireKey(text: string): ClientKey {
  const key = parseClientKey(text);
  if (key) return key;
  const form =
    'bmr_<key id: 1 to 64 letters, digits or "-">_<secret: 32 to 512 printable ASCII characters, no blanks>';
  throw new BoomerangError('invalid_request', `that is not a client's key; allowed: ${form}`);
}
