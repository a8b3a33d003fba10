import type { ClientDetails, ClientOverview, NewKey, RemovalReceipt } from '@boomerang/domain';
import { parseClientKey } from '@boomerang/domain';
import type { Operation } from '../operation.js';

/** It looks through all of Redis: about a second per million parked tasks. */
const LOOK_LIMIT_MS = 30_000;
/** What is left to be removed then goes on, and whoever asks again hears the rest. */
const REMOVAL_LIMIT_MS = 30_000;

export const listClients: Operation<undefined, readonly ClientDetails[]> = {
  permission: 'admin',
  changes: false,
  timeLimitMs: LOOK_LIMIT_MS,
  run: ({ administration }) => administration.list(),
};

/** Rejects with `not_found` when there is no such client. */
export const showClient: Operation<string, ClientOverview> = {
  permission: 'admin',
  changes: false,
  timeLimitMs: LOOK_LIMIT_MS,
  run: ({ administration }, _caller, clientId) => administration.show(clientId),
};

interface CreateClientRequest {
  readonly clientId: string;
  readonly key: NewKey;
}

/** Makes a client and its first key, which can't be had again. Rejects with `conflict` when there is such a client. */
export const createClient: Operation<CreateClientRequest, string> = {
  permission: 'admin',
  changes: true,
  audit: {
    action: 'client.create',
    concerns: ({ clientId }, key = '') => ({ clientId, keyId: parseClientKey(key)?.keyId ?? '' }),
    details: (_key, { key: { permissions = [], name = '' } }) => ({
      permissions: permissions.join(','),
      name,
    }),
  },
  async run({ administration }, _caller, { clientId, key }) {
    await administration.create(clientId);
    return administration.addKey(clientId, key);
  },
};

interface RemoveClientRequest {
  readonly clientId: string;
  readonly withTasks: boolean;
}

/** Removes a client with all that belongs to it. Rejects with `conflict` when it has tasks or dead letters that shall not go. */
export const removeClient: Operation<RemoveClientRequest, RemovalReceipt> = {
  permission: 'admin',
  changes: true,
  timeLimitMs: REMOVAL_LIMIT_MS,
  audit: {
    action: 'client.remove',
    concerns: ({ clientId }) => ({ clientId }),
    details: (_receipt, { withTasks }) => ({ withTasks: String(withTasks) }),
  },
  run: ({ administration }, _caller, { clientId, withTasks }) => administration.remove(clientId, withTasks),
};
