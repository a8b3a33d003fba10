/**
 * One client may hold this many times as many slots as are free, counting one more: four fifths of them if it is alone, less
 * the more others hold. So whatever a client's attempts wait for, there is room for another's.
 */
const HELD_PER_FREE = 4;

/** Slots taken for a claim. */
export interface Offer {
  readonly limit: number;
  /** Clients that may hold no more. */
  readonly except: readonly string[];
}

/** Attempts that this worker may have in flight, shared by all partitions, and by clients fairly. */
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

  /** Takes as many as are free and no client has too many by, `most` at the most. */
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

  /** One of those taken is the client's from now on. */
  hold(clientId: string): void {
    this.#held.set(clientId, (this.#held.get(clientId) ?? 0) + 1);
  }

  /** Those taken that are nobody's. */
  putBack(count: number): void {
    if (count === 0) return;
    this.#free += count;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** One that the client held. */
  release(clientId: string): void {
    const held = (this.#held.get(clientId) ?? 0) - 1;
    if (held > 0) this.#held.set(clientId, held);
    else this.#held.delete(clientId);
    this.putBack(1);
  }

  /** Resolves when some are free again. */
  released(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Resolves once none is in use. */
  async idle(): Promise<void> {
    while (this.inUse > 0) await this.released();
  }

  /** How many more a client may hold that holds `held`: with each of them one less is free. */
  #roomOf(held: number): number {
    return Math.floor((HELD_PER_FREE * (this.#free + 1) - held) / (HELD_PER_FREE + 1));
  }
}
