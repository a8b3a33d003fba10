import type { AuthenticatedKey } from '../clients/caller.js';

export interface ClientStore {
  /** What `key` stands for; undefined alike for a malformed, an unknown and a wrong key. */
  authenticate(key: string): Promise<AuthenticatedKey | undefined>;
}
