import type { AuthenticatedKey } from '../clients/caller.js';
import type { Permission } from '../clients/permission.js';

/** Clients' keys, as a door asks for them. All methods reject with BoomerangError `unavailable` or `outcome_unknown`. */
export interface ClientStore {
  /**
   * The grant of `key`. Undefined if the key is malformed, unknown, wrong, revoked or expired, may not be shown from there, or its
   * client is removed: callers can't tell these cases apart.
   *
   * @param address who shows it, as a door groups addresses; a key that is bound to addresses is good from none without.
   */
  authenticate(key: string, address?: string): Promise<AuthenticatedKey | undefined>;
  /**
   * What a key that was accepted before may be used for now; undefined once it is revoked or expired, or its client removed.
   *
   * @param keyId undefined in a session of a release that did not note the key: then only the client has to exist.
   */
  permissionsNow(clientId: string, keyId: string | undefined): Promise<readonly Permission[] | undefined>;
  /** Notes that a key is used now; commands show people when it was. */
  noteUse(keyId: string): Promise<void>;
}
