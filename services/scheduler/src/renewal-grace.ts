/** Answers further apart than this many looks mean that Redis was away for a while. */
const LOOKS_MISSED = 4;
/** Longer than workers take to be connected again and to renew their leases, ms. */
const GRACE_MS = 3_000;

/**
 * While Redis is away no worker can renew a lease, however well it is. After its return, and after this scheduler's own
 * start, for it can't know what was before, workers get some time to do so, before leases that ran out mean lost attempts.
 */
export class RenewalGrace {
  #answeredAt = Number.NEGATIVE_INFINITY;
  #beganAt = Number.POSITIVE_INFINITY;

  constructor(
    private readonly lookEveryMs: number,
    private readonly monotonicMs: () => number = () => performance.now(),
  ) {}

  /** Must be called for every look that Redis answers. */
  answered(): void {
    const now = this.monotonicMs();
    if (now - this.#answeredAt > LOOKS_MISSED * this.lookEveryMs) this.#beganAt = now;
    this.#answeredAt = now;
  }

  isOver(): boolean {
    return this.monotonicMs() - this.#beganAt >= GRACE_MS;
  }
}
