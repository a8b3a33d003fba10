/** The least time between two occurrences that return, so that claiming them again and again stays cheap, ms. */
const LEAST_APART_MS = 1;
/** Nothing is planned further ahead by a pace that may change, nor by what others hold back, ms. */
const HORIZON_MS = 10_000;

/** Spreads what all endpoints of one client hold back: one a millisecond, as long as that delays none beyond the horizon. */
export class ClientReturns {
  #next = Number.NEGATIVE_INFINITY;

  /** The least time in which a further one may return, ms from `now` (monotonic). */
  next(now: number): number {
    this.#next = Math.max(this.#next, now) + LEAST_APART_MS;
    return Math.min(this.#next - now, HORIZON_MS);
  }
}

/**
 * When occurrences return that an endpoint could not take: one after the other, in the order in which they were given
 * back. So an endpoint that recovers gets them as a stream and not all at once.
 */
export class ReturnSchedule {
  #planned = Number.NEGATIVE_INFINITY;
  #beyond = Number.NEGATIVE_INFINITY;

  /**
   * In how many ms from `now` (monotonic) the next one returns.
   *
   * @param leastMs not before that.
   * @param paceMs what the endpoint needs for one.
   */
  next(now: number, leastMs: number, paceMs: number): number {
    const planned = Math.max(now + leastMs, this.#planned + Math.max(paceMs, LEAST_APART_MS));
    if (planned <= now + HORIZON_MS) {
      this.#planned = planned;
      return planned - now;
    }
    this.#beyond = Math.max(now + HORIZON_MS, this.#beyond + LEAST_APART_MS);
    return this.#beyond - now;
  }
}
