import {
  createClient,
  listClients,
  removeClient,
  showClient,
} from '../../../operations/clients/manage-clients.js';
import {
  ClientJson,
  ClientMadeJson,
  ClientsJson,
  NewClientJson,
  RemovalJson,
  RemoveClientQuery,
} from '../json/client-schemas.js';
import { clientToJson, keyToJson, newKeyFromJson, overviewToJson } from '../json/client-to-json.js';
import { requireSchema } from '../json/require-schema.js';
import type { Route } from '../route.js';

const requireClient = requireSchema(NewClientJson);
const requireRemoval = requireSchema(RemoveClientQuery, { convert: true });

const list: Route = {
  method: 'GET',
  path: '/v1/clients',
  name: 'listClients',
  summary: 'All clients and their keys. It looks through all of Redis.',
  status: 200,
  answer: ClientsJson,
  async handle({ perform }, { caller, address }) {
    const clients = await perform(listClients, () => caller, undefined, undefined, address);
    return { status: 200, body: { clients: clients.map(clientToJson) } };
  },
};

const create: Route = {
  method: 'POST',
  path: '/v1/clients',
  name: 'createClient',
  summary: 'Makes a client and its first key, which is shown once.',
  body: NewClientJson,
  status: 201,
  answer: ClientMadeJson,
  async handle({ perform }, { caller, body, address }) {
    const { id, key } = requireClient(body);
    const request = { clientId: id, key: newKeyFromJson(key, 'key.') };
    const made = await perform(createClient, () => caller, request, undefined, address);
    return {
      status: 201,
      headers: { location: `/v1/clients/${encodeURIComponent(id)}` },
      body: { id, key: keyToJson(made) },
    };
  },
};

const get: Route = {
  method: 'GET',
  path: '/v1/clients/:id',
  name: 'getClient',
  summary: 'A client: its keys, and how much else it has. It looks through all of Redis.',
  status: 200,
  answer: ClientJson,
  async handle({ perform }, { caller, params, address }) {
    const client = await perform(showClient, () => caller, params.id ?? '', undefined, address);
    return { status: 200, body: overviewToJson(client) };
  },
};

const remove: Route = {
  method: 'DELETE',
  path: '/v1/clients/:id',
  name: 'removeClient',
  summary: 'Removes a client: keys, sessions, signing secrets; its tasks and dead letters, if that is said.',
  query: RemoveClientQuery,
  status: 200,
  answer: RemovalJson,
  async handle({ perform }, { caller, params, query, address }) {
    const { withTasks = false } = requireRemoval(query);
    const request = { clientId: params.id ?? '', withTasks };
    const receipt = await perform(removeClient, () => caller, request, undefined, address);
    return { status: 200, body: receipt };
  },
};

export const clientRoutes: readonly Route[] = [list, create, get, remove];
