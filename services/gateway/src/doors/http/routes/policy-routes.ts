import {
  getPolicy,
  listPolicies,
  putPolicy,
  removePolicy,
} from '../../../operations/policies/stored-policies.js';
import { policyFromJson } from '../json/policy-from-json.js';
import { NamedPolicyJson, PoliciesJson, PutPolicyJson, RemovedPolicyJson } from '../json/policy-schemas.js';
import { namedPolicyToJson } from '../json/policy-to-json.js';
import { requireSchema } from '../json/require-schema.js';
import type { Route } from '../route.js';

const requirePolicy = requireSchema(PutPolicyJson);

const list: Route = {
  method: 'GET',
  path: '/v1/policies',
  name: 'listPolicies',
  summary: "The client's stored policies, by name.",
  status: 200,
  answer: PoliciesJson,
  async handle({ perform }, { caller, address }) {
    const policies = await perform(listPolicies, () => caller, undefined, undefined, address);
    return { status: 200, body: { policies: policies.map(namedPolicyToJson) } };
  },
};

const get: Route = {
  method: 'GET',
  path: '/v1/policies/:name',
  name: 'getPolicy',
  summary: 'A stored policy; of its headers the names alone.',
  status: 200,
  answer: NamedPolicyJson,
  async handle({ perform }, { caller, params, address }) {
    const policy = await perform(getPolicy, () => caller, params.name ?? '', undefined, address);
    return { status: 200, body: namedPolicyToJson(policy) };
  },
};

const put: Route = {
  method: 'PUT',
  path: '/v1/policies/:name',
  name: 'putPolicy',
  summary: 'Stores a policy under a name. It touches no task that is registered already.',
  body: PutPolicyJson,
  status: 200,
  answer: NamedPolicyJson,
  async handle({ perform, policies }, { caller, params, body, address }) {
    const { default: isDefault = false, ...json } = requirePolicy(body);
    const policy = await policies.withHeaders(caller.clientId, policyFromJson(json), json.callback?.headers);
    const request = { name: params.name ?? '', policy, isDefault };
    const stored = await perform(putPolicy, () => caller, request, undefined, address);
    return { status: 200, body: namedPolicyToJson(stored) };
  },
};

const remove: Route = {
  method: 'DELETE',
  path: '/v1/policies/:name',
  name: 'removePolicy',
  summary: 'Removes a stored policy; tasks that were registered under it go on.',
  status: 200,
  answer: RemovedPolicyJson,
  async handle({ perform }, { caller, params, address }) {
    const { name = '' } = params;
    await perform(removePolicy, () => caller, name, undefined, address);
    return { status: 200, body: { name } };
  },
};

export const policyRoutes: readonly Route[] = [list, get, put, remove];
