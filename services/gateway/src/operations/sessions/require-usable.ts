import type { AddressGuard } from '@boomerang/address-guard';
import { type DeliveryPolicy, validateDeliveryPolicy } from '@boomerang/domain';
import { requireReachable } from './require-reachable.js';

/** Checks a policy that comes with a registration as that of a handshake. Rejects with BoomerangError `invalid_request`. */
export async function requireUsable(guard: AddressGuard, policy: DeliveryPolicy): Promise<void> {
  validateDeliveryPolicy(policy);
  await requireReachable(guard, policy);
}
