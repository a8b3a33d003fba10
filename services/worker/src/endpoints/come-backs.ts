/** What was given back comes back no faster than this, so that claiming it again and again stays cheap, ms. */
const LEAST_PACE_MS = 1;
/** Nothing is planned by an endpoint's pace further ahead than this: it may change, ms. */
const HORIZON_MS = 10_000;

/**
 * Gives each occurrence that an endpoint can't take now a time to come back, one after the other: they keep their order,
 * and when the endpoint is there again they come as a stream and not all at once.
 */
export class ComeBacks {
  #soon = Number.NEGATIVE_INFINITY;
  #late = Number.NEGATIVE_INFINITY;

  /**
   * In how many ms from `now` (monotonic) the next one is to come back.
   *
   * @param leastMs not before that.
   * @param paceMs what the endpoint needs for one.
   */
  next(now: number, leastMs: number, paceMs: number): number {
    const soon = Math.max(now + leastMs, this.#soon + Math.max(paceMs, LEAST_PACE_MS));
    if (soon <= now + HORIZON_MS) {
      this.#soon = soon;
      return soon - now;
    }
    this.#late = Math.max(now + HORIZON_MS, this.#late + LEAST_PACE_MS);
    return this.#late - now;
  }
}
