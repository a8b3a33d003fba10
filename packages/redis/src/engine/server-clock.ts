import type { ServerClock } from '@boomerang/domain';

/** How far the two clocks may drift apart, as a share of the time since the last reading. */
const DRIFT = 50e-6;

/** A clock for each partition: in a Cluster partitions live on nodes with clocks of their own. */
export function createClocks(partitions: number): ObservedClock[] {
  return Array.from({ length: partitions }, () => new ObservedClock());
}

/**
 * Redis's clock from readings of `TIME` that come along with other replies. A reading was taken between the sending of
 * its command and the arrival of its reply, which bounds the offset from both sides; `now()` uses the lower bound, so it
 * is never ahead. A reading that contradicts the bounds (somebody has set a clock) starts anew.
 */
export class ObservedClock implements ServerClock {
  #offset = Number.NaN;
  #observedAt = 0;

  constructor(private readonly monotonicMs: () => number = () => performance.now()) {}

  /** Takes a reading: `TIME`'s two numbers, and the monotonic ms at which its command was sent. */
  observe(seconds: number, microseconds: number, sentAt: number): void {
    const receivedAt = this.monotonicMs();
    const server = seconds * 1_000 + microseconds / 1_000;
    const least = server - receivedAt;
    const most = server - sentAt;
    const known = this.#lowerBound(receivedAt);
    const contradicts = !(known <= most);
    this.#offset = contradicts ? least : Math.max(known, least);
    this.#observedAt = receivedAt;
  }

  now(): number {
    const monotonic = this.monotonicMs();
    return monotonic + this.#lowerBound(monotonic);
  }

  #lowerBound(monotonic: number): number {
    return this.#offset - (monotonic - this.#observedAt) * DRIFT;
  }
}
