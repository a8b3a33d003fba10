import type { LiveSecret, NewSecret } from '@boomerang/domain';
import type { Operation } from '../operation.js';

/** A client's live signing secrets, the newest first. */
export const listSecrets: Operation<string, readonly LiveSecret[]> = {
  permission: 'admin',
  changes: false,
  run: ({ administration }, _caller, clientId) => administration.listSecrets(clientId),
};

/** A further signing secret, with which callbacks are signed from then on. Rejects with `conflict` when there are two. */
export const addSecret: Operation<string, NewSecret> = {
  permission: 'admin',
  changes: true,
  audit: {
    action: 'secret.create',
    concerns: (clientId) => ({ clientId }),
    details: ({ secretId }) => ({ secretId }),
  },
  run: ({ administration }, _caller, clientId) => administration.addSecret(clientId),
};

interface SecretOfClient {
  readonly clientId: string;
  readonly secretId: string;
}

/** Callbacks are not signed with it any more. Rejects with `not_found`. */
export const revokeSecret: Operation<SecretOfClient, void> = {
  permission: 'admin',
  changes: true,
  audit: {
    action: 'secret.revoke',
    concerns: ({ clientId }) => ({ clientId }),
    details: (_answer, { secretId }) => ({ secretId }),
  },
  run: ({ administration }, _caller, { clientId, secretId }) =>
    administration.revokeSecret(clientId, secretId),
};
