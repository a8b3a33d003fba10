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
  /** A subscriber that gives this id gets the events after this one. */
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
/** Events of the feed that are buffered while a subscriber catches up; with more than these it is *behind* again. */
const MOST_PENDING = 5_000;
const RETRY_MS = 500;

/**
 * One subscriber's position in the events of its client.
 *
 * - *behind*: it reads by itself, a page at a time, as fast as it can take
 * - *joining*: it reads the last events by itself, and the feed's events are buffered meanwhile
 * - *live*: it gets the events that the feed reads. If it can't take one, it is *behind* again, so that no buffer grows
 *
 * It skips an event whose position it has passed already.
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

  /** The id of the last event that was passed on, or left out because its kind is not wanted. */
  get position(): string {
    return formatEventCursor(this.#position);
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
        // Redis is away. The position is known, so no event is lost by waiting.
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
      // An event that the feed does not pass on is in the store before the next read.
      this.#pending = [];
      await this.feed.add(this.#listen);
    } else if (this.#pending) {
      const pending = this.#pending;
      this.#pending = undefined;
      this.#live = true;
      this.#forward(pending);
    }
  }

  /** Passes on buffered events as long as the subscriber can take them. It reads the rest by itself. */
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

  /** False if the subscriber can take no more events after this one. */
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
