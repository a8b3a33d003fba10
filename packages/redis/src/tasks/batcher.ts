const MOST_TASKS = 64;
/** Two batches are at least this far apart, ms, unless the first was full: under load each then carries several tasks. */
const GAP_MS = 4;
const MOST_BYTES = 4 * 1_048_576;

/**
 * Joins registrations that are in flight together into batches. After a pause the first is written in the same turn of the
 * event loop.
 */
export class Batcher<T extends { readonly payload: Uint8Array }> {
  #pending: T[] = [];
  #bytes = 0;
  #scheduled = false;
  #flushedAt = 0;

  constructor(private readonly write: (batch: readonly T[]) => void) {}

  add(registration: T): void {
    this.#pending.push(registration);
    this.#bytes += registration.payload.length;
    if (this.#pending.length >= MOST_TASKS || this.#bytes >= MOST_BYTES) this.#flush();
    else this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    const flush = () => {
      this.#scheduled = false;
      this.#flush();
    };
    const wait = this.#flushedAt + GAP_MS - performance.now();
    if (wait <= 0) setImmediate(flush);
    else setTimeout(flush, wait);
  }

  #flush(): void {
    if (this.#pending.length === 0) return;
    this.#flushedAt = performance.now();
    const batch = this.#pending;
    this.#pending = [];
    this.#bytes = 0;
    this.write(batch);
  }
}
