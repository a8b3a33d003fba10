import type { AuthenticatedKey } from '../clients/caller.js';
import type { Permission } from '../clients/permission.js';

/** Clients' keys, as a door asks for them. All methods reject with BoomerangError `unavailable` or `outcome_unknown`. */
export interface ClientStore {
  /**
   * What `key` stands for; undefined alike for a malformed, an unknown, a wrong, a revoked and an expired key, and for that
   * of a client that is removed.
   */
  authenticate(key: string): Promise<AuthenticatedKey | undefined>;
  /**
   * What a key that was found good may be used for now; undefined once it is revoked or expired, or its client removed.
   *
   * @param keyId undefined in a session of a release that did not note the key: then only the client has to be there.
   */
  permissionsNow(clientId: string, keyId: string | undefined): Promise<readonly Permission[] | undefined>;
  /** Notes that a key is used now, for people who look after keys. */
  noteUse(keyId: string): Promise<void>;
}
