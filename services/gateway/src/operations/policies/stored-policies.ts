import {
  BoomerangError,
  type DeliveryPolicy,
  type NamedPolicy,
  quote,
  requirePolicyName,
} from '@boomerang/domain';
import type { Operation } from '../operation.js';

/** The caller's client's policies, by name. */
export const listPolicies: Operation<undefined, readonly NamedPolicy[]> = {
  permission: 'read',
  changes: false,
  run: ({ policies }, { clientId }) => policies.list(clientId),
};

/** Rejects with `not_found` when there is none of that name. */
export const getPolicy: Operation<string, NamedPolicy> = {
  permission: 'read',
  changes: false,
  async run({ policies }, { clientId }, name) {
    const found = await policies.get(clientId, name);
    if (found) return found;
    throw noSuchPolicy(name);
  },
};

interface PutPolicyRequest {
  readonly name: string;
  readonly policy: DeliveryPolicy;
  readonly isDefault: boolean;
}

/** Stores a policy. What was registered under its name before keeps what the name stood for then. */
export const putPolicy: Operation<PutPolicyRequest, NamedPolicy> = {
  permission: 'manage',
  changes: true,
  audit: {
    action: 'policy.set',
    details: (_policy, { name, isDefault }) => ({ name, default: String(isDefault) }),
  },
  async run({ policies, requireUsable }, { clientId }, { name, policy, isDefault }) {
    requirePolicyName('name', name);
    await requireUsable(policy);
    return policies.put(clientId, name, policy, isDefault);
  },
};

/** Tasks that were registered under it go on. Rejects with `not_found` when there is none of that name. */
export const removePolicy: Operation<string, void> = {
  permission: 'manage',
  changes: true,
  audit: { action: 'policy.remove', details: (_answer, name) => ({ name }) },
  async run({ policies }, { clientId }, name) {
    requirePolicyName('name', name);
    if (!(await policies.remove(clientId, name))) throw noSuchPolicy(name);
  },
};

function noSuchPolicy(name: string): BoomerangError {
  return new BoomerangError('not_found', (spell) => `${spell('name')}: no such policy ${quote(name)}`, {
    field: 'name',
  });
}
