import { BoomerangError, type ClientAdministration } from '@boomerang/domain';
import type { RedisConnection } from '../connection/connection.js';
import { unwrapRedisErrors } from '../connection/redis-error.js';
import { createClientDirectory } from './client-directory.js';
import { listClients } from './read-clients.js';
import { removeClient } from './remove-client.js';
import { revokeKey } from './revoke-key.js';
import { showClient } from './show-client.js';
import type { SigningSecretDirectory } from './signing-secrets.js';
import { requireOpenClient } from './stored-client.js';

/** @param secrets undefined where there is no master key. */
export function createClientAdministration(
  redis: RedisConnection,
  pepper: string,
  secrets: SigningSecretDirectory | undefined,
): ClientAdministration {
  const directory = createClientDirectory(redis, pepper);
  let listing: ReturnType<typeof listClients> | undefined;

  async function revokeSecret(clientId: string, secretId: string): Promise<void> {
    if (await requireMasterKey(secrets).revoke(clientId, secretId)) return;
    throw new BoomerangError('not_found', `client ${clientId} has no signing secret ${secretId}`);
  }

  async function listSecrets(clientId: string) {
    await requireOpenClient(redis, clientId);
    return requireMasterKey(secrets).list(clientId);
  }

  return {
    /** One walk through Redis at a time, for all who ask. */
    list() {
      listing ??= listClients(redis).finally(() => {
        listing = undefined;
      });
      return unwrapRedisErrors(listing);
    },
    show: (clientId) => unwrapRedisErrors(showClient(redis, clientId)),
    create: (clientId) => unwrapRedisErrors(directory.create(clientId)),
    addKey: (clientId, key) => unwrapRedisErrors(directory.addKey(clientId, key)),
    revokeKey: (clientId, keyId) => unwrapRedisErrors(revokeKey(redis, clientId, keyId)),
    remove: (clientId, withTasks) => unwrapRedisErrors(removeClient(redis, clientId, { withTasks })),
    listSecrets: (clientId) => unwrapRedisErrors(listSecrets(clientId)),
    addSecret: async (clientId) => unwrapRedisErrors(requireMasterKey(secrets).add(clientId)),
    revokeSecret: (clientId, secretId) => unwrapRedisErrors(revokeSecret(clientId, secretId)),
  };
}

function requireMasterKey(secrets: SigningSecretDirectory | undefined): SigningSecretDirectory {
  if (secrets) return secrets;
  const problem = 'this gateway has no BOOMERANG_MASTER_KEY, under which signing secrets are sealed';
  throw new BoomerangError('invalid_request', problem);
}
