import type { EventCursor, EventStore, ReadEvent } from '@boomerang/domain';
import type { GatewayLog } from '../log.js';

/** Pause behind a read that found all that there was, ms; twice as long behind each that found nothing, up to the longest. */
const SHORTEST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 100;
/** How often the client's events are asked to be kept, ms. */
const FOLLOW_EVERY_MS = 3_600_000;
/** Read from one partition at a time. */
const PAGE = 500;

export type FeedListener = (events: readonly ReadEvent[]) => void;

/**
 * Reads a client's events once for all subscribers on this gateway. A read that fails is repeated from the same cursor, so
 * no event is lost.
 */
export class ClientFeed {
  readonly #listeners = new Set<FeedListener>();
  #cursor: EventCursor = [];
  #begun: Promise<void> | undefined;
  #followedAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #pauseMs = SHORTEST_PAUSE_MS;
  #ended = false;

  constructor(
    private readonly clientId: string,
    private readonly store: EventStore,
    private readonly log: GatewayLog,
  ) {}

  /**
   * Passes events that are read from now on to `listener` as well. Resolves once its first position is fixed: events that
   * are in the store by then the listener may have to read itself.
   */
  async add(listener: FeedListener): Promise<void> {
    this.#listeners.add(listener);
    this.#begun ??= this.#begin();
    await this.#begun;
  }

  /** True if no listener is left. */
  remove(listener: FeedListener): boolean {
    this.#listeners.delete(listener);
    if (this.#listeners.size > 0) return false;
    this.#ended = true;
    clearTimeout(this.#timer);
    return true;
  }

  async #begin(): Promise<void> {
    try {
      await this.#follow();
      this.#cursor = await this.store.latest(this.clientId);
      void this.#readOn();
    } catch (error) {
      // The next listener that is added tries again.
      this.#begun = undefined;
      throw error;
    }
  }

  async #readOn(): Promise<void> {
    let more = false;
    try {
      more = await this.#read();
    } catch (error) {
      this.log.eventsUnread(error);
    }
    if (!this.#ended) this.#timer = setTimeout(() => void this.#readOn(), more ? 0 : this.#pauseMs);
  }

  async #follow(): Promise<void> {
    if (performance.now() - this.#followedAt <= FOLLOW_EVERY_MS) return;
    await this.store.follow(this.clientId);
    this.#followedAt = performance.now();
  }

  async #read(): Promise<boolean> {
    await this.#follow();
    const { events, cursor, more } = await this.store.read(this.clientId, this.#cursor, PAGE);
    this.#cursor = cursor;
    this.#pauseMs = events.length > 0 ? SHORTEST_PAUSE_MS : Math.min(2 * this.#pauseMs, LONGEST_PAUSE_MS);
    if (events.length > 0) for (const listener of this.#listeners) listener(events);
    return more;
  }
}
