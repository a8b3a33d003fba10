import type { Cluster } from 'ioredis';
import { slotOf } from '../partitions/hash-slot.js';
import { ChannelListener } from './channel-listener.js';
import { createNodeConnection } from './create-connection.js';
import {
  type MessageListener,
  SUBSCRIPTION_SILENCE_MS,
  type Subscription,
  type SubscriptionOptions,
} from './subscription.js';
import { watchForSilence } from './watch-for-silence.js';

/** Time for a primary to answer, ms. */
const ANSWER_LIMIT_MS = 5_000;

/**
 * Subscribes to each channel of a Cluster on the primary that serves its slot. Messages are published there, so receiving
 * them depends on no other node. (ioredis would subscribe to all channels on one node of its choice, and stay there.)
 */
export class ClusterSubscription implements Subscription {
  readonly #nodes = new Map<string, ChannelListener>();
  readonly #onMessage: MessageListener[] = [];
  #channels: readonly string[] = [];
  #closed = false;

  constructor(
    private readonly cluster: Cluster,
    private readonly options: SubscriptionOptions,
  ) {
    cluster.on('refresh', this.#followOn);
  }

  async hear(channels: readonly string[]): Promise<void> {
    this.#channels = channels;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const error = new Error(`a primary of the Redis Cluster has not answered within ${ANSWER_LIMIT_MS} ms`);
      timer = setTimeout(() => reject(error), ANSWER_LIMIT_MS);
    });
    await Promise.race([this.#follow(), late]).finally(() => clearTimeout(timer));
  }

  onMessage(listener: MessageListener): void {
    this.#onMessage.push(listener);
    for (const node of this.#nodes.values()) node.onMessage(listener);
  }

  close(): void {
    this.#closed = true;
    this.cluster.off('refresh', this.#followOn);
    for (const node of this.#nodes.values()) node.close();
  }

  readonly #followOn = () => {
    this.#follow().catch((error: Error) => this.options.onError?.(error));
  };

  /** Moves subscriptions to the nodes that serve them now. An old one ends when the last new one is confirmed. */
  async #follow(): Promise<void> {
    const places = [...this.#places()];
    await Promise.all(places.map(([name, channels]) => this.#node(name).hear(channels)));
    const wanted = this.#places();
    for (const [name, node] of this.#nodes) {
      if (wanted.has(name) || this.#closed) continue;
      this.#nodes.delete(name);
      node.close();
    }
  }

  /** The channels by the primary that serves them. */
  #places(): Map<string, string[]> {
    const places = new Map<string, string[]>();
    for (const channel of this.#channels) {
      const primary = this.cluster.slots[slotOf(channel)]?.[0];
      if (primary !== undefined) places.set(primary, [...(places.get(primary) ?? []), channel]);
    }
    return places;
  }

  #node(name: string): ChannelListener {
    return this.#nodes.get(name) ?? this.#open(name);
  }

  #open(name: string): ChannelListener {
    const redis = createNodeConnection({ ...this.options, patient: true }, name);
    redis.on('error', (error: Error) => this.options.onError?.(error));
    // If the primary is gone, its successor has to be found even if no command is sent.
    redis.on('close', () => this.#closed || this.cluster.refreshSlotsCache());
    watchForSilence(redis, SUBSCRIPTION_SILENCE_MS);
    const node = new ChannelListener(redis);
    for (const listener of this.#onMessage) node.onMessage(listener);
    this.#nodes.set(name, node);
    return node;
  }
}
