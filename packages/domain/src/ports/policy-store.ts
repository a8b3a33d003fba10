import type { DeliveryPolicy } from '../policy/delivery-policy.js';
import type { NamedPolicy } from '../policy/named-policy.js';
import type { DefaultPolicyStore } from './default-policy-store.js';

/** Clients' stored policies. The default is the one that the client has named so, or else what an operator has set. All methods reject with BoomerangError `unavailable` or `outcome_unknown`. */
export interface PolicyStore extends DefaultPolicyStore {
  /** By name. */
  list(clientId: string): Promise<NamedPolicy[]>;
  get(clientId: string, name: string): Promise<NamedPolicy | undefined>;
  /**
   * Stores it, in the place of one of that name. Rejects with `exhausted` when the client has as many as it may have.
   *
   * @param isDefault whether it is the client's default from now on; false: it is not.
   */
  put(clientId: string, name: string, policy: DeliveryPolicy, isDefault: boolean): Promise<NamedPolicy>;
  /** Whether there was one of that name. */
  remove(clientId: string, name: string): Promise<boolean>;
}
