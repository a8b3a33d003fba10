import { type DeliveryPolicy, invalidField } from '@boomerang/domain';
import type { Static } from 'typebox';
import type { PoliciesOfRequest } from '../../operations/policies/policies.js';
import { policyFromJson } from './json/policy-from-json.js';
import type { PolicyJson } from './json/policy-schemas.js';

/** @throws BoomerangError `invalid_request` where a name comes with settings of its own. */
export function requireNameAlone({ callback, retry, dlq }: Static<typeof PolicyJson>): void {
  if (callback ?? retry ?? dlq)
    throw invalidField('policy', 'there are settings, too', (spell) =>
      ['a name alone, without', spell('callback'), 'retry and dlq'].join(' '),
    );
}

/** A policy that came with a request, with its headers sealed. May reject with a BoomerangError. */
export function ownPolicy(
  policies: PoliciesOfRequest,
  clientId: string,
  json: Static<typeof PolicyJson>,
  contentType?: string,
): Promise<DeliveryPolicy> {
  return policies.withHeaders(clientId, policyFromJson(json, contentType), json.callback?.headers);
}
