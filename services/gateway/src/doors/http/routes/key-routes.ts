import { formatWebhookSecret } from '@boomerang/protocol';
import { addKey, revokeKey } from '../../../operations/clients/manage-keys.js';
import { addSecret, listSecrets, revokeSecret } from '../../../operations/clients/manage-secrets.js';
import { KeyJson, NewKeyJson, NewSecretJson, RevokedJson, SecretsJson } from '../json/client-schemas.js';
import { keyToJson, newKeyFromJson } from '../json/client-to-json.js';
import { requireSchema } from '../json/require-schema.js';
import type { Route } from '../route.js';

const requireKey = requireSchema(NewKeyJson);

const add: Route = {
  method: 'POST',
  path: '/v1/clients/:id/keys',
  name: 'addKey',
  summary: 'Makes a further key of a client, which is shown once.',
  body: NewKeyJson,
  bodyIsOptional: true,
  status: 201,
  answer: KeyJson,
  async handle({ perform }, { caller, params, body, address }) {
    const { id: clientId = '' } = params;
    const request = { clientId, key: newKeyFromJson(requireKey(body ?? {})) };
    const key = await perform(addKey, () => caller, request, undefined, address);
    return { status: 201, body: { clientId, ...keyToJson(key) } };
  },
};

const revoke: Route = {
  method: 'DELETE',
  path: '/v1/clients/:id/keys/:keyId',
  name: 'revokeKey',
  summary: 'Ends a key, and what it has opened, within a second.',
  status: 200,
  answer: RevokedJson,
  async handle({ perform }, { caller, params, address }) {
    const { id: clientId = '', keyId = '' } = params;
    await perform(revokeKey, () => caller, { clientId, keyId }, undefined, address);
    return { status: 200, body: { id: keyId } };
  },
};

const secrets: Route = {
  method: 'GET',
  path: '/v1/clients/:id/secrets',
  name: 'listSecrets',
  summary: "A client's live signing secrets: id and time, the newest first.",
  status: 200,
  answer: SecretsJson,
  async handle({ perform }, { caller, params, address }) {
    const live = await perform(listSecrets, () => caller, params.id ?? '', undefined, address);
    return {
      status: 200,
      body: { secrets: live.map(({ secretId, createdAt }) => ({ id: secretId, createdAt })) },
    };
  },
};

const addOne: Route = {
  method: 'POST',
  path: '/v1/clients/:id/secrets',
  name: 'addSecret',
  summary: 'Makes a signing secret, which is shown once; at most two sign at a time.',
  status: 201,
  answer: NewSecretJson,
  async handle({ perform }, { caller, params, address }) {
    const made = await perform(addSecret, () => caller, params.id ?? '', undefined, address);
    const { secretId, createdAt, key } = made;
    return { status: 201, body: { id: secretId, createdAt, secret: formatWebhookSecret(key) } };
  },
};

const revokeOne: Route = {
  method: 'DELETE',
  path: '/v1/clients/:id/secrets/:secretId',
  name: 'revokeSecret',
  summary: 'Ends a signing secret: callbacks are not signed with it any more.',
  status: 200,
  answer: RevokedJson,
  async handle({ perform }, { caller, params, address }) {
    const { id: clientId = '', secretId = '' } = params;
    await perform(revokeSecret, () => caller, { clientId, secretId }, undefined, address);
    return { status: 200, body: { id: secretId } };
  },
};

export const keyRoutes: readonly Route[] = [add, revoke, secrets, addOne, revokeOne];
