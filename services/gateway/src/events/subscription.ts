import { setTimeout as sleep } from 'node:timers/promises';
import {
  compareStreamPositions,
  type EventCursor,
  type EventStore,
  formatEventCursor,
  type ReadEvent,
  STREAM_START,
  type StreamPosition,
  type TaskEvent,
} from '@boomerang/domain';
import type { FeedListener } from './client-feed.js';

/** An event as a subscriber gets it. */
export interface SubscribedEvent {
  /** To go on from behind it. */
  readonly id: string;
  /** Undefined: events are missing between `after` and `id`. */
  readonly event: TaskEvent | undefined;
  /** Where the subscriber stood before. */
  readonly after: string;
}

export interface Subscriber {
  readonly clientId: string;
  /** Undefined: from now on. */
  readonly after: EventCursor | undefined;
  /** Which kinds are wanted; undefined: all. A gap is always told. */
  readonly kinds: ReadonlySet<string> | undefined;
  /** Takes an event; false = it can take no more for now. */
  take(event: SubscribedEvent): boolean;
  /** Resolves when it can take more, or has gone. */
  drained(): Promise<void>;
}

interface Feed {
  add(listener: FeedListener): Promise<void>;
  remove(listener: FeedListener): void;
}

/** Read from one partition at a time by a subscriber that is behind. */
const PAGE = 200;
/** What is put by while a subscriber reads the last bit by itself; beyond it, it reads on by itself. */
const MOST_PENDING = 5_000;
const RETRY_MS = 500;

/**
 * One subscriber's way through the events of its client.
 *
 * - *behind*: it reads by itself, a page at a time, as fast as it can take
 * - *joining*: the feed's events are put by while it reads the last bit by itself
 * - *live*: it gets what the feed reads. If it can't take that, it is behind again, so that nothing piles up for it
 *
 * Positions tell what it has had: an event that comes twice is passed over.
 */
export class Subscription {
  #position: StreamPosition[] = [];
  #pending: ReadEvent[] | undefined;
  #live = false;
  #catchingUp = false;
  #closed = false;

  constructor(
    private readonly subscriber: Subscriber,
    private readonly store: EventStore,
    private readonly feed: Feed,
  ) {}

  /** Goes on until it is closed. Rejects when the events can't be found at the start. */
  async start(): Promise<void> {
    const { clientId, after } = this.subscriber;
    await this.store.follow(clientId);
    this.#position = [...(after ?? (await this.store.latest(clientId)))];
    void this.#catchUp();
  }

  close(): void {
    this.#closed = true;
    this.#leave();
  }

  readonly #listen: FeedListener = (events) => {
    if (this.#live) this.#forward(events);
    else if (this.#pending) {
      this.#pending.push(...events);
      if (this.#pending.length > MOST_PENDING) this.#leave();
    }
  };

  async #catchUp(): Promise<void> {
    if (this.#catchingUp) return;
    this.#catchingUp = true;
    while (!this.#closed && !this.#live) {
      try {
        await this.#readOwn();
      } catch {
        // Redis is away: where it stands is known, so that nothing is lost by waiting.
        this.#leave();
        await sleep(RETRY_MS);
      }
    }
    this.#catchingUp = false;
  }

  async #readOwn(): Promise<void> {
    const joined = this.#pending !== undefined;
    const { events, more } = await this.store.read(this.subscriber.clientId, this.#position, PAGE);
    for (const read of events) await this.#deliver(read);
    if (more || this.#closed) return;
    if (!joined) {
      // Whatever the feed does not tell is in the store before the next read.
      this.#pending = [];
      await this.feed.add(this.#listen);
    } else if (this.#pending) {
      const pending = this.#pending;
      this.#pending = undefined;
      this.#live = true;
      this.#forward(pending);
    }
  }

  /** While the subscriber can take them. The rest it will read by itself. */
  #forward(events: readonly ReadEvent[]): void {
    for (const read of events) {
      if (this.#emit(read)) continue;
      this.#leave();
      void this.subscriber.drained().then(() => this.#catchUp());
      return;
    }
  }

  async #deliver(read: ReadEvent): Promise<void> {
    if (!this.#closed && !this.#emit(read)) await this.subscriber.drained();
  }

  /** False if the subscriber can take no more; this one it has taken. */
  #emit({ partition, position, event }: ReadEvent): boolean {
    const had = this.#position[partition] ?? STREAM_START;
    if (compareStreamPositions(position, had) <= 0) return true;
    const after = formatEventCursor(this.#position);
    this.#position[partition] = position;
    const { kinds } = this.subscriber;
    if (event && kinds && !kinds.has(event.kind)) return true;
    return this.subscriber.take({ id: formatEventCursor(this.#position), event, after });
  }

  #leave(): void {
    this.#live = false;
    this.#pending = undefined;
    this.feed.remove(this.#listen);
  }
}
