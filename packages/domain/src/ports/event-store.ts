import type { EventCursor, StreamPosition } from '../events/event-cursor.js';
import type { TaskEvent } from '../events/task-event.js';

/** An entry of one partition's stream, or a mark in place of entries that were trimmed before they were read. */
export interface ReadEvent {
  readonly partition: number;
  /** Where a reader stands behind it. */
  readonly position: StreamPosition;
  /** Undefined: events are missing between where the reader stood and this position. */
  readonly event: TaskEvent | undefined;
}

/** Events of clients' tasks. All methods reject with BoomerangError `unavailable`. */
export interface EventStore {
  /**
   * Sees to it that a client's events are kept from now on: for seven days from the last call, the latest 10,000 or so in
   * each partition. To be called before the first read, and once an hour while somebody follows.
   */
  follow(clientId: string): Promise<void>;
  /** Behind the latest event. */
  latest(clientId: string): Promise<EventCursor>;
  /** Undefined if `text` is no cursor. */
  parseCursor(text: string): Promise<EventCursor | undefined>;
  /**
   * Events behind `after`: at most `limit` of each partition; those of one task in order. `cursor` stands behind the last
   * event that was read; `more` tells that there may be more.
   */
  read(
    clientId: string,
    after: EventCursor,
    limit: number,
  ): Promise<{ readonly events: readonly ReadEvent[]; readonly cursor: EventCursor; readonly more: boolean }>;
}
