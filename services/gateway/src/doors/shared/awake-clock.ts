/** A pause between two beats counts as no more than this, ms. */
const LONGEST_BEAT_MS = 1_000;

/**
 * Time by which peers are held to their limits: it stands still while this process does. After a minute's sleep what
 * the peers have sent meanwhile is read before any of them is late.
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
