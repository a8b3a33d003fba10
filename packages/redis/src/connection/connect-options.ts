import type { RedisAddress } from './redis-address.js';

export interface ConnectOptions extends RedisAddress {
  /** Name in `CLIENT LIST`. */
  readonly name: string;
  /** Rejects a command whose answer takes longer, in ms; absent = wait for as long as the connection lives. */
  readonly commandTimeoutMs?: number;
  /** Whether commands wait for a lost connection to come back. BullMQ and subscribers do; ours fail at once. */
  readonly patient?: boolean;
  /** A patient connection that has not answered for this long is replaced, ms; default 5 s. */
  readonly silenceMs?: number;
  readonly onError?: (error: Error) => void;
}
