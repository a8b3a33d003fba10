/** Answers further apart than this many looks mean that Redis was away for a while. */
const LOOKS_MISSED = 4;
/** Longer than workers take to be connected again and to renew their leases, ms. */
const GRACE_MS = 3_000;

/**
 * Time for workers to renew leases before attempts count as lost. While Redis is away, no worker can renew a lease, even
 * if it is healthy. So after Redis's return leases that ran out are left alone for some time; also after this scheduler's
 * own start, as it can't know whether Redis was away before.
 */
export class RenewalGrace {
  #answeredAt = Number.NEGATIVE_INFINITY;
  #beganAt = Number.POSITIVE_INFINITY;

  constructor(
    private readonly lookEveryMs: number,
    private readonly monotonicMs: () => number = () => performance.now(),
  ) {}

  /** Has to be called for every look that Redis answers. */
  answered(): void {
    const now = this.monotonicMs();
    if (now - this.#answeredAt > LOOKS_MISSED * this.lookEveryMs) this.#beganAt = now;
    this.#answeredAt = now;
  }

  isOver(): boolean {
    return this.monotonicMs() - this.#beganAt >= GRACE_MS;
  }
}
