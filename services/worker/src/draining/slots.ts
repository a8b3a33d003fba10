/**
 * Limit of a client: it may hold this many slots for each free one. That is four fifths of all if it is alone, and less if
 * others hold slots. So even if all attempts of a client hang, others find free slots.
 */
const HELD_PER_FREE = 4;

/** Slots taken for a claim. */
export interface Offer {
  readonly limit: number;
  /** Clients that may hold no more. */
  readonly except: readonly string[];
}

/** The attempts that this worker may have in flight, shared by all partitions, and fairly between clients. */
export class Slots {
  #free: number;
  readonly #held = new Map<string, number>();
  readonly #waiting: (() => void)[] = [];

  constructor(readonly total: number) {
    this.#free = total;
  }

  get inUse(): number {
    return this.total - this.#free;
  }

  /** Takes free slots, at most `most`, and no more than one client could hold within its limit. */
  take(most: number): Offer {
    let limit = Math.min(most, this.#free, this.#roomOf(0));
    const except: string[] = [];
    for (const [clientId, held] of this.#held) {
      const room = this.#roomOf(held);
      if (room < 1) except.push(clientId);
      else limit = Math.min(limit, room);
    }
    this.#free -= limit;
    return { limit, except };
  }

  /** Gives one of the taken slots to a client. */
  hold(clientId: string): void {
    this.#held.set(clientId, (this.#held.get(clientId) ?? 0) + 1);
  }

  /** Returns taken slots that were given to no client. */
  putBack(count: number): void {
    if (count === 0) return;
    this.#free += count;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** Returns a slot of a client. */
  release(clientId: string): void {
    const held = (this.#held.get(clientId) ?? 0) - 1;
    if (held > 0) this.#held.set(clientId, held);
    else this.#held.delete(clientId);
    this.putBack(1);
  }

  /** Resolves when slots are free again. */
  released(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Resolves once no slot is in use. */
  async idle(): Promise<void> {
    while (this.inUse > 0) await this.released();
  }

  /** How many more a client may hold that holds `held`: with each of them one less is free. */
  #roomOf(held: number): number {
    return Math.floor((HELD_PER_FREE * (this.#free + 1) - held) / (HELD_PER_FREE + 1));
  }
}
