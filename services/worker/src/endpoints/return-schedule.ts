/** Least time between two occurrences that return, ms, so that claiming them again and again stays cheap. */
const LEAST_APART_MS = 1;
/** Returns are planned by an endpoint's pace only up to this far ahead, ms, because the pace may change. */
const HORIZON_MS = 10_000;

/** Spreads the returns of all endpoints of one client: one per millisecond, but none beyond the horizon. */
export class ClientReturns {
  #next = Number.NEGATIVE_INFINITY;

  /** The earliest time at which one more may return, in ms from `now` (monotonic). */
  next(now: number): number {
    this.#next = Math.max(this.#next, now) + LEAST_APART_MS;
    return Math.min(this.#next - now, HORIZON_MS);
  }
}

/**
 * Plans when the occurrences that an endpoint could not take are due again: one after the other, in the order in which
 * they were given back. So an endpoint that recovers does not get all of them at once.
 */
export class ReturnSchedule {
  #planned = Number.NEGATIVE_INFINITY;
  #beyond = Number.NEGATIVE_INFINITY;

  /**
   * In how many ms from `now` (monotonic) the next one returns.
   *
   * @param leastMs least time from `now`, ms.
   * @param paceMs time that the endpoint needs for one occurrence, ms.
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
