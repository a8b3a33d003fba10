import type { ClientLimits } from '../clients/limits.js';

/** What is known of clients' limits. All methods reject with BoomerangError `unavailable` or `outcome_unknown`. */
export interface LimitStore {
  /** The limits that the client was given for its own. */
  overridesOf(clientId: string): Promise<Partial<ClientLimits>>;
  /**
   * Takes `count` tasks that were let in out of the client's bucket, which fills at `perSecond` and holds as much; what is left in
   * it, below 0 where gateways have let in more than there was.
   */
  spend(clientId: string, count: number, perSecond: number): Promise<number>;
  /** Tasks of the client that have not ended. */
  countTasks(clientId: string): Promise<number>;
}
