/** Attempts that this worker may have in flight, shared by all partitions. */
export class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(readonly total: number) {
    this.#free = total;
  }

  get inUse(): number {
    return this.total - this.#free;
  }

  /** Takes as many as are free, `most` at the most. */
  take(most: number): number {
    const taken = Math.min(this.#free, most);
    this.#free -= taken;
    return taken;
  }

  release(count: number): void {
    if (count === 0) return;
    this.#free += count;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** Resolves at the next release. */
  released(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Resolves once none is in use. */
  async idle(): Promise<void> {
    while (this.inUse > 0) await this.released();
  }
}
