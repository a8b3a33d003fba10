import type { DeliveryPolicy } from '../policy/delivery-policy.js';

/** What a handshake opens. Its id is a bearer secret; its tasks outlive it. */
export interface Session {
  readonly sessionId: string;
  readonly clientId: string;
  readonly policy: DeliveryPolicy;
  /** Unix epoch ms by Redis's clock; a refresh moves it. */
  readonly expiresAtMs: number;
}
