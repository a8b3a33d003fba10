import type { ReceivedCallback } from '@boomerang/client';

/** A callback with the time of its arrival. */
export interface Arrival {
  readonly callback: ReceivedCallback;
  /** Unix epoch ms by Redis's clock. */
  readonly atMs: number;
  /** The arrival minus the scheduled time. For a retry: minus about the time that the retry policy gives. */
  readonly latenessMs: number;
}

/** The callbacks that arrived, by label. The payload is the label. */
export class Arrivals {
  readonly #byLabel = new Map<string, Arrival[]>();

  /** @param clockOffsetMs how far Redis's clock is ahead of this host's. */
  constructor(private readonly clockOffsetMs: number) {}

  add(label: string, callback: ReceivedCallback, retryMs: number): Arrival {
    const atMs = callback.receivedAtMs + this.clockOffsetMs;
    const earlier = this.of(label).at(-1);
    const dueMs = callback.attempt > 1 && earlier ? earlier.atMs + retryMs : callback.scheduledTimeMs;
    const arrival = { callback, atMs, latenessMs: atMs - dueMs };
    this.#byLabel.set(label, [...this.of(label), arrival]);
    return arrival;
  }

  of(label: string): readonly Arrival[] {
    return this.#byLabel.get(label) ?? [];
  }

  get labels(): Iterable<string> {
    return this.#byLabel.keys();
  }
}
