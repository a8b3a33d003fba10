/** Assumed duration of an attempt until the first one has ended, ms. */
const FIRST_GUESS_MS = 20;
/** Weight of the latest attempt in the average duration. */
const LATEST = 0.1;
/**
 * An endpoint counts as standing still when no attempt has ended for this long, ms. At a quick endpoint under a burst
 * attempts end all the time. Where attempts take long, it is twice their average duration instead.
 */
const STALLED_MS = 100;
/** Longest time, ms, for which an occurrence is kept away because the endpoint is expected to hang on. */
const MOST_HANG_GUESS_MS = 8_000;

/** Measures how fast attempts end, to estimate when a waiting occurrence gets a slot. Times are monotonic ms. */
export class Pace {
  /** Attempts in flight. */
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

  /**
   * In how many ms one more waiting occurrence would have its turn. An attempt is expected to take the average duration, or
   * the time since the last one ended if that is longer.
   */
  turnMs(now: number, slots = Math.max(this.inFlight, 1)): number {
    const eachMs = Math.max(this.#averageMs, this.#stillMs(now));
    return ((this.waiting + 1) * eachMs) / slots;
  }

  /** In how many ms a slot may come free. An endpoint that has hung for a while is expected to hang for as long again. */
  roomInMs(now: number, slots?: number): number {
    return Math.max(this.turnMs(now, slots), Math.min(2 * this.#stillMs(now), MOST_HANG_GUESS_MS));
  }

  #stillMs(now: number): number {
    return this.isIdle ? 0 : now - this.#movedAt;
  }
}
