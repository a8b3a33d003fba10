/** A pause between two beats counts as no more than this, ms. */
const LONGEST_BEAT_MS = 1_000;

/**
 * A clock for the time limits of peers, which stops while this process is suspended. After a minute's suspension the
 * gateway first reads what peers have sent meanwhile, before it finds any of them late.
 */
export class AwakeClock {
  #now = 0;
  #beatAt: number;

  constructor(private readonly monotonicMs: () => number = () => performance.now()) {
    this.#beatAt = monotonicMs();
  }

  /** Milliseconds, as of the last beat. */
  get now(): number {
    return this.#now;
  }

  beat(): void {
    const at = this.monotonicMs();
    this.#now += Math.min(at - this.#beatAt, LONGEST_BEAT_MS);
    this.#beatAt = at;
  }
}
