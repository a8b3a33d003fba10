import type { AuthenticatedKey } from '../clients/caller.js';
import type { Session } from '../clients/session.js';
import type { DeliveryPolicy } from '../policy/delivery-policy.js';

export interface SessionStore {
  open(key: AuthenticatedKey, policy: DeliveryPolicy): Promise<Session>;
  /** The session, or undefined when it is expired, closed or was never there. */
  find(sessionId: string): Promise<Session | undefined>;
  /** Gives the session its whole lifetime again; its new expiry, or undefined when there is no such session. */
  refresh(sessionId: string): Promise<number | undefined>;
}
