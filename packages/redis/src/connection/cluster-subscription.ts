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

/** A primary has to have answered by then, ms. */
const ANSWER_LIMIT_MS = 5_000;

/**
 * Hears each channel of a Cluster on the primary that serves its slot, for there it is published: so nothing depends on
 * any other node. (ioredis would hear all of them on one node of its choice, replicas included, and stay there.)
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

  /** Goes where the channels are now. The old place is left when the last of them is heard at the new one. */
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
    // Where the primary is gone, its successor is to be found, whether or not a command looks for it.
    redis.on('close', () => this.#closed || this.cluster.refreshSlotsCache());
    watchForSilence(redis, SUBSCRIPTION_SILENCE_MS);
    const node = new ChannelListener(redis);
    for (const listener of this.#onMessage) node.onMessage(listener);
    this.#nodes.set(name, node);
    return node;
  }
}
