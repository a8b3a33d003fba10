import type { ConnectOptions } from './connect-options.js';
import type { RedisConnection } from './connection.js';

export interface SubscriptionOptions
  extends Omit<ConnectOptions, 'patient' | 'silenceMs' | 'commandTimeoutMs'> {
  /** A connection for commands, to the same Redis. It knows which node of a Cluster serves which slot. */
  readonly connection: RedisConnection;
}

export type MessageListener = (channel: string, message: string) => void;

/** Subscribes to channels, over connections of its own, until it is closed. */
export interface Subscription {
  /** Resolves when exactly these channels are subscribed. @throws when Redis refuses or doesn't answer in time. */
  hear(channels: readonly string[]): Promise<void>;
  onMessage(listener: MessageListener): void;
  close(): void;
}

/** A connection of subscriptions that has not answered for this long is replaced, ms. */
export const SUBSCRIPTION_SILENCE_MS = 1_000;
