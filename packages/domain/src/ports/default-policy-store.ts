import type { DeliveryPolicy } from '../policy/delivery-policy.js';

/** Delivery policies of clients whose handshake names none. Rejects with BoomerangError `unavailable`. */
export interface DefaultPolicyStore {
  /** Undefined for a client that has none. */
  defaultOf(clientId: string): Promise<DeliveryPolicy | undefined>;
}
