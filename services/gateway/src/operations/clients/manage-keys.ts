import { type NewKey, parseClientKey } from '@boomerang/domain';
import type { Operation } from '../operation.js';

interface AddKeyRequest {
  readonly clientId: string;
  readonly key: NewKey;
}

/** A further key of a client, which can't be had again. Rejects with `not_found` when there is no such client. */
export const addKey: Operation<AddKeyRequest, string> = {
  permission: 'admin',
  changes: true,
  audit: {
    action: 'key.add',
    concerns: ({ clientId }, key = '') => ({ clientId, keyId: parseClientKey(key)?.keyId ?? '' }),
    details: (_key, { key: { permissions = [], name = '' } }) => ({
      permissions: permissions.join(','),
      name,
    }),
  },
  run: ({ administration }, _caller, { clientId, key }) => administration.addKey(clientId, key),
};

interface KeyOfClient {
  readonly clientId: string;
  readonly keyId: string;
}

/** Ends a key, and what it has opened, within a second. Rejects with `not_found`, also when it was revoked before. */
export const revokeKey: Operation<KeyOfClient, void> = {
  permission: 'admin',
  changes: true,
  audit: { action: 'key.revoke', concerns: (request) => request, details: () => ({}) },
  run: ({ administration }, _caller, { clientId, keyId }) => administration.revokeKey(clientId, keyId),
};
