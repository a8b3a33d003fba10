import type { EventStore } from '@boomerang/domain';
import type { GatewayLog } from '../log.js';
import { ClientFeed, type FeedListener } from './client-feed.js';
import { type Subscriber, Subscription } from './subscription.js';

/** Lets any number of subscribers follow clients' events; those of a client are read once for all of them. */
export class EventHub {
  readonly #feeds = new Map<string, ClientFeed>();

  constructor(
    private readonly store: EventStore,
    private readonly log: GatewayLog,
  ) {}

  /** Resolves once the subscriber gets its events, until it is closed. */
  async subscribe(subscriber: Subscriber): Promise<Subscription> {
    const { clientId } = subscriber;
    const subscription = new Subscription(subscriber, this.store, {
      add: (listener) => this.#feedOf(clientId).add(listener),
      remove: (listener) => this.#remove(clientId, listener),
    });
    await subscription.start();
    return subscription;
  }

  #feedOf(clientId: string): ClientFeed {
    const feed = this.#feeds.get(clientId) ?? new ClientFeed(clientId, this.store, this.log);
    this.#feeds.set(clientId, feed);
    return feed;
  }

  #remove(clientId: string, listener: FeedListener): void {
    if (this.#feeds.get(clientId)?.remove(listener)) this.#feeds.delete(clientId);
  }
}
