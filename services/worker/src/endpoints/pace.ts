/** What an attempt takes as long as none has ended, ms. */
const FIRST_GUESS_MS = 20;
/** Weight of the latest attempt in the average duration. */
const LATEST = 0.1;
/**
 * Where no attempt has ended for this long nothing moves, ms: a quick endpoint under a burst ends one all the time. With
 * attempts that take long on average it is twice their time.
 */
const STALLED_MS = 100;
/** How long a guess at the end of a hang may keep anything away, ms. */
const MOST_HANG_GUESS_MS = 8_000;

/** How fast attempts end, and so when an occurrence that waits for their slots has its turn. Times are monotonic ms. */
export class Pace {
  /** Attempts that have begun and not ended. */
  inFlight = 0;
  /** Occurrences that wait for a slot. */
  waiting = 0;
  #averageMs = FIRST_GUESS_MS;
  /** When an attempt ended last, or when the first one began or had to wait. */
  #movedAt = Number.NEGATIVE_INFINITY;

  get averageMs(): number {
    return this.#averageMs;
  }

  get isIdle(): boolean {
    return this.inFlight === 0 && this.waiting === 0;
  }

  wait(now: number): void {
    if (this.isIdle) this.#movedAt = now;
    this.waiting++;
  }

  begin(now: number): void {
    if (this.inFlight === 0) this.#movedAt = now;
    this.inFlight++;
  }

  end(durationMs: number, now: number): void {
    this.inFlight--;
    this.#movedAt = now;
    this.#averageMs += LATEST * (durationMs - this.#averageMs);
  }

  isStalled(now: number): boolean {
    return this.#stillMs(now) > Math.max(STALLED_MS, 2 * this.#averageMs);
  }

  /** When one more that waits would have its turn: by the average, or by how long nothing has moved if that is more. */
  turnMs(now: number, slots = Math.max(this.inFlight, 1)): number {
    const eachMs = Math.max(this.#averageMs, this.#stillMs(now));
    return ((this.waiting + 1) * eachMs) / slots;
  }

  /** When there may be room: what has hung for long is likely to hang for as long again. */
  roomInMs(now: number, slots?: number): number {
    return Math.max(this.turnMs(now, slots), Math.min(2 * this.#stillMs(now), MOST_HANG_GUESS_MS));
  }

  #stillMs(now: number): number {
    return this.isIdle ? 0 : now - this.#movedAt;
  }
}
