/** A sleep that can be cut short. */
export class Sleeper {
  #wakeUp: (() => void) | undefined;
  #until = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  /** Resolves at `until` (monotonic ms), or earlier if `noLaterThan` says so in the meantime. */
  sleepUntil(until: number): Promise<void> {
    return new Promise((resolve) => {
      this.#wakeUp = () => {
        clearTimeout(this.#timer);
        this.#wakeUp = undefined;
        resolve();
      };
      this.#until = Number.POSITIVE_INFINITY;
      this.noLaterThan(until);
    });
  }

  /** Ends the sleep at `at` (monotonic ms) at the latest; nothing when nobody sleeps. */
  noLaterThan(at: number): void {
    if (!this.#wakeUp || at >= this.#until) return;
    this.#until = at;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#wakeUp, Math.max(0, at - performance.now()));
  }
}
