import { randomBytes } from 'node:crypto';
import {
  BoomerangError,
  CLIENT_KEY_FORM,
  type ClientKey,
  type ClientStore,
  DEFAULT_PERMISSIONS,
  type NewKey,
  parseClientKey,
  validateClientId,
} from '@boomerang/domain';
import type { RedisConnection } from '../connection/connection.js';
import { globalKeys } from '../partitions/keys.js';
import { createClientStore } from './client-store.js';
import { hmacUnder } from './key-hmac.js';
import { requireOpenClient, type StoredClient, type StoredKey } from './stored-client.js';

/** Manages clients and their keys. */
export interface ClientDirectory extends ClientStore {
  /** @throws BoomerangError `conflict` when there is such a client already, or was until lately. */
  create(clientId: string): Promise<void>;
  /**
   * Gives a client a further key, which can't be had again.
   *
   * @throws BoomerangError `not_found` when there is no such client, `conflict` when it is being removed or was, or when there is
   * such a key already.
   */
  addKey(clientId: string, options?: NewKey): Promise<string>;
}

export function createClientDirectory(redis: RedisConnection, pepper: string): ClientDirectory {
  const hmacOf = hmacUnder(pepper);

  return {
    ...createClientStore(redis, pepper),

    async create(clientId) {
      validateClientId(clientId);
      const details: StoredClient = { createdAt: new Date().toISOString() };
      if (await redis.set(globalKeys.client(clientId), JSON.stringify(details), 'NX')) return;
      await requireOpenClient(redis, clientId);
      throw new BoomerangError('conflict', `client ${clientId} exists already`);
    },

    async addKey(clientId, options = {}) {
      const { key = randomKey(), name, permissions = DEFAULT_PERMISSIONS, expiresAtMs } = options;
      const { keyId, secret } = requireKey(key);
      await requireOpenClient(redis, clientId);
      const record: StoredKey = {
        clientId,
        hmac: hmacOf(secret).toString('hex'),
        createdAt: new Date().toISOString(),
        permissions,
        ...(name !== undefined && { name }),
        ...(expiresAtMs !== undefined && { expiresAt: new Date(expiresAtMs).toISOString() }),
      };
      const place = globalKeys.clientKey(keyId);
      if (!(await writeNew(redis, place, JSON.stringify(record), expiresAtMs))) {
        throw new BoomerangError('conflict', `key id ${keyId} exists already`);
      }
      // A removal of the client at the same time may have looked for its keys before this one existed.
      await requireOpenClient(redis, clientId).catch(async (error) => {
        await redis.del(place);
        throw error;
      });
      return key;
    },
  };
}

function writeNew(redis: RedisConnection, place: string, json: string, expiresAtMs: number | undefined) {
  if (expiresAtMs === undefined) return redis.set(place, json, 'NX');
  return redis.set(place, json, 'PXAT', expiresAtMs, 'NX');
}

/** 256 random bits. */
function randomKey(): string {
  return `bmr_${randomBytes(8).toString('hex')}_${randomBytes(32).toString('hex')}`;
}

function requireKey(text: string): ClientKey {
  const key = parseClientKey(text);
  if (key) return key;
  throw new BoomerangError('invalid_request', `that is not a client's key; allowed: ${CLIENT_KEY_FORM}`);
}
