import type { ConnectOptions } from './connect-options.js';
import type { RedisConnection } from './connection.js';

export interface SubscriptionOptions
  extends Omit<ConnectOptions, 'patient' | 'silenceMs' | 'commandTimeoutMs'> {
  /** For commands, on the same Redis. It tells which node of a Cluster serves what. */
  readonly connection: RedisConnection;
}

export type MessageListener = (channel: string, message: string) => void;

/** Channels that are heard, over connections of its own, until it is closed. */
export interface Subscription {
  /** Resolves when these channels are heard, and no others. @throws when Redis refuses or doesn't answer in time. */
  hear(channels: readonly string[]): Promise<void>;
  onMessage(listener: MessageListener): void;
  close(): void;
}

/** A connection for hearing that has not answered for this long is made anew, ms. */
export const SUBSCRIPTION_SILENCE_MS = 1_000;
