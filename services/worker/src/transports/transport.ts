import type { AttemptResult, Callback, ClaimedOccurrence } from '@boomerang/domain';
import type { Sign } from './sign.js';

/** Makes attempts over one protocol. */
export interface Transport {
  /** Names what attempts are limited by, such as `http://host:port`. */
  endpointKey(callback: Callback): string;
  /**
   * Makes one attempt; never rejects. Calls `objection` in the very tick that writes the request: if that answers with a
   * reason, nothing is written and the result is `not_sent`.
   *
   * @param sign absent: the client has no signing secret, and the callback goes unsigned.
   */
  send(
    callback: Callback,
    occurrence: ClaimedOccurrence,
    objection: () => string | undefined,
    sign?: Sign,
  ): Promise<AttemptResult>;
  /** Aborts what is under way and closes all connections. */
  close(): Promise<void>;
}
