import type { DeliveryPolicy } from '../policy/delivery-policy.js';
import type { Caller } from './caller.js';

/** What a handshake opens. Its id is a bearer secret: a request that shows it acts for its client. Tasks outlive it. */
export interface Session extends Caller {
  readonly sessionId: string;
  readonly policy: DeliveryPolicy;
  /** Unix epoch ms by Redis's clock; a refresh moves it. */
  readonly expiresAtMs: number;
}

/**
 * How long a door may trust what it has read of a session and of its key, ms. A session that is closed, or whose key is
 * revoked, stops working everywhere within a second.
 */
export const MOST_TRUST_MS = 900;
