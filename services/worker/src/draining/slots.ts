/**
 * Limit of a client: it may hold this many slots for each free one. That is four fifths of all if it is alone, and less if
 * others hold slots. So even if all attempts of a client hang, others find free slots.
 */
const HELD_PER_FREE = 4;

/**
 * A claim gets this part of the slots that are free, and of what a client may still have, but at least so many slots.
 * Partitions claim at the same time: if the first got all, others would claim one by one.
 */
const PART = { ofFree: 6, ofRoom: 3, least: 16 };

/** Slots taken for a claim. */
export interface Offer {
  readonly limit: number;
  /** How many a client may get of them, if not all. */
  readonly atMost: ReadonlyMap<string, number>;
}

/** The attempts that this worker may have in flight, shared by all partitions, and fairly between clients. */
export class Slots {
  #free: number;
  readonly #held = new Map<string, number>();
  readonly #open = new Set<Offer>();
  readonly #waiting: (() => void)[] = [];

  constructor(readonly total: number) {
    this.#free = total;
  }

  get inUse(): number {
    return this.total - this.#free;
  }

  /** Takes free slots, at most `most`, and no more than one client could hold within its limit; `close` must follow. */
  take(most: number): Offer {
    const part = Math.max(PART.least, Math.ceil(this.#free / PART.ofFree));
    const limit = Math.min(most, part, this.#free, roomOf(0, this.#free));
    const offer = { limit, atMost: this.#sharesBelow(limit) };
    this.#free -= limit;
    this.#open.add(offer);
    return offer;
  }

  /** Gives slots of an offer to the clients of what was claimed, and returns the others. */
  close(offer: Offer, claimed: readonly { readonly clientId: string }[]): void {
    this.#open.delete(offer);
    for (const { clientId } of claimed) this.#held.set(clientId, (this.#held.get(clientId) ?? 0) + 1);
    this.#putBack(offer.limit - claimed.length);
  }

  /** Returns a slot of a client. */
  release(clientId: string): void {
    const held = (this.#held.get(clientId) ?? 0) - 1;
    if (held > 0) this.#held.set(clientId, held);
    else this.#held.delete(clientId);
    this.#putBack(1);
  }

  /** Resolves when slots are free again. */
  released(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Resolves once no slot is in use. */
  async idle(): Promise<void> {
    while (this.inUse > 0) await this.released();
  }

  /** Of clients whose share is below `limit`. */
  #sharesBelow(limit: number): Map<string, number> {
    const shares = new Map<string, number>();
    const open = [...this.#open];
    const offered = open.reduce((sum, offer) => sum + offer.limit, 0);
    for (const [clientId, held] of this.#held) {
      const room = roomOf(held, this.#free + offered);
      if (room >= limit * PART.ofRoom) continue;
      const promised = open.reduce((sum, { atMost }) => sum + (atMost.get(clientId) ?? 0), 0);
      const share = Math.max(0, Math.ceil((room - promised) / PART.ofRoom));
      if (share < limit) shares.set(clientId, share);
    }
    return shares;
  }

  #putBack(count: number): void {
    if (count === 0) return;
    this.#free += count;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

/** How many more a client may hold that holds `held`: with each of them one less is free. */
function roomOf(held: number, free: number): number {
  return Math.floor((HELD_PER_FREE * (free + 1) - held) / (HELD_PER_FREE + 1));
}
