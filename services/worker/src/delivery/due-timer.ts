import type { ServerClock } from '@boomerang/domain';

/** Calls back at a time of Redis's clock: never before it, and after it as soon as the event loop allows. */
export class DueTimer {
  readonly #buckets = new Map<number, (() => void)[]>();

  constructor(private readonly clock: ServerClock) {}

  at(dueMs: number, call: () => void): void {
    const bucket = this.#buckets.get(dueMs);
    if (bucket) {
      bucket.push(call);
      return;
    }
    this.#buckets.set(dueMs, [call]);
    this.#wait(dueMs);
  }

  #wait(dueMs: number): void {
    const remaining = dueMs - this.clock.now();
    if (remaining <= 0) this.#fire(dueMs);
    else setTimeout(() => this.#wait(dueMs), Math.ceil(remaining));
  }

  #fire(dueMs: number): void {
    const calls = this.#buckets.get(dueMs) ?? [];
    this.#buckets.delete(dueMs);
    for (const call of calls) call();
  }
}
