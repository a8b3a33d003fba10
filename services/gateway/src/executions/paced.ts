/**
 * Makes of something that may be asked for at any moment what happens at most once in so many ms: at once where the last time is
 * long enough ago, and otherwise once, when it is, for all who asked meanwhile.
 */
export class Paced {
  #lastAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly everyMs: number,
    private readonly act: () => void,
  ) {}

  ask(): void {
    if (this.#timer) return;
    const waitMs = this.#lastAt + this.everyMs - performance.now();
    if (waitMs <= 0) this.#now();
    else this.#timer = setTimeout(() => this.#now(), waitMs);
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #now(): void {
    this.#timer = undefined;
    this.#lastAt = performance.now();
    this.act();
  }
}
