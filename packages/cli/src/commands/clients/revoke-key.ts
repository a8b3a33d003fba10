import { parseClientKey } from '@boomerang/domain';
import { listClients, revokeKey } from '@boomerang/redis';
import type { Environment } from '@boomerang/runtime';
import { tell } from '../../tell.js';
import { audited } from './audited.js';
import { isLive } from './states.js';

/** @param key the id of the key, or the whole key: somebody who finds a leaked key has only that. */
export async function revokeClientKey(env: Environment, clientId: string, key: string): Promise<void> {
  const keyId = parseClientKey(key)?.keyId ?? key;
  const left = await audited(env, { action: 'key.revoke', clientId, keyId }, async (redis) => {
    await revokeKey(redis, clientId, keyId);
    const client = (await listClients(redis)).find((each) => each.clientId === clientId);
    return client?.keys.filter(isLive).length ?? 0;
  });
  tell(`key ${keyId} of client ${clientId} is revoked: what it has opened ends within a second`);
  tell(
    left > 0
      ? `the client has ${left} other key(s)`
      : 'the client has no key left: `client add-key` makes one',
  );
}
