/** Goes through something that a partition holds, now and then, and never twice at the same time. */
export abstract class Sweeper {
  #underWay: Promise<void> | undefined;
  #closed = false;

  /** Begins a sweep, unless one is under way. */
  sweep(): void {
    if (this.#closed) return;
    this.#underWay ??= this.sweepAll().finally(() => {
      this.#underWay = undefined;
    });
  }

  /** Begins no further sweep, and resolves when none is under way any more. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#underWay;
  }

  /** To be asked between two steps of a sweep. */
  protected get isClosed(): boolean {
    return this.#closed;
  }

  /** Never rejects. */
  protected abstract sweepAll(): Promise<void>;
}
