import type {
  ClientDetails,
  ClientOverview,
  LiveSecret,
  NewKey,
  NewSecret,
  RemovalReceipt,
} from '../clients/client-details.js';

/**
 * Clients as administrators see and change them. All methods reject with BoomerangError: `not_found` for what there is not,
 * `conflict` for what contradicts what there is, `unavailable` or `outcome_unknown`.
 */
export interface ClientAdministration {
  /** All clients by name. It looks through all of Redis. */
  list(): Promise<ClientDetails[]>;
  /** The same. */
  show(clientId: string): Promise<ClientOverview>;
  create(clientId: string): Promise<void>;
  /** A further key, which can't be had again. */
  addKey(clientId: string, key: NewKey): Promise<string>;
  /** What the key has opened ends within a second. */
  revokeKey(clientId: string, keyId: string): Promise<void>;
  /** @param withTasks whether to cancel its tasks and purge its dead letters, too. It may take a minute. */
  remove(clientId: string, withTasks: boolean): Promise<RemovalReceipt>;
  /** Of signing secrets, the newest first. Rejects with `invalid_request` where there is no master key, as do the next two. */
  listSecrets(clientId: string): Promise<readonly LiveSecret[]>;
  addSecret(clientId: string): Promise<NewSecret>;
  revokeSecret(clientId: string, secretId: string): Promise<void>;
}
