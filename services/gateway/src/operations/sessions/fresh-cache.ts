import { MOST_TRUST_MS } from '@boomerang/domain';

/** What was read this long ago is read again in the background, ms. */
const SOFT_AGE_MS = 400;
const MOST_ENTRIES = 100_000;

interface Entry<T> {
  readonly value: T;
  readonly readAt: number;
}

/** What a store holds, in the common case without asking it, and never trusted for longer than `MOST_TRUST_MS`. */
export class FreshCache<T> {
  readonly #entries = new Map<string, Entry<T>>();
  readonly #reading = new Map<string, Promise<T | undefined>>();

  /** @param read undefined for what is not there (any more); gets what was there before. */
  constructor(
    private readonly read: (id: string, before: T | undefined) => Promise<T | undefined>,
    private readonly monotonicMs: () => number = () => performance.now(),
  ) {}

  /** The value itself where it is known, since most requests come here; otherwise what `read` says. */
  get(id: string): T | Promise<T | undefined> {
    const entry = this.#entries.get(id);
    const age = entry ? this.monotonicMs() - entry.readAt : Number.POSITIVE_INFINITY;
    if (!entry || age > MOST_TRUST_MS) return this.#read(id);
    if (age > SOFT_AGE_MS) this.#read(id).catch(() => undefined);
    return entry.value;
  }

  /** One read at a time per id. Its failure reaches those who wait; others go on until the value is too old. */
  #read(id: string): Promise<T | undefined> {
    const underWay = this.#reading.get(id);
    if (underWay) return underWay;
    const reading = this.#readNow(id).finally(() => this.#reading.delete(id));
    this.#reading.set(id, reading);
    return reading;
  }

  async #readNow(id: string): Promise<T | undefined> {
    const readAt = this.monotonicMs();
    const value = await this.read(id, this.#entries.get(id)?.value);
    this.#entries.delete(id);
    if (value === undefined) return undefined;
    this.#entries.set(id, { value, readAt });
    if (this.#entries.size > MOST_ENTRIES) this.#evictOldest();
    return value;
  }

  #evictOldest(): void {
    for (const id of this.#entries.keys()) {
      this.#entries.delete(id);
      return;
    }
  }
}
