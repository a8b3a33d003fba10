/** So many at a time; the others wait in the order in which they came. */
export class Slots {
  readonly #waiting: (() => void)[] = [];

  constructor(private free: number) {}

  async take(): Promise<void> {
    if (this.free > 0) {
      this.free -= 1;
      return;
    }
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  /** Gives a slot back, to who has waited longest. */
  give(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.free += 1;
  }
}
