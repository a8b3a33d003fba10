import { setTimeout as sleep } from 'node:timers/promises';

/** After a pause an address may fail this often at once; then `PER_SECOND` times a second. Further answers are delayed. */
const BURST = 20;
const PER_SECOND = 2;
/** Longest delay of an answer, ms: it has to stay below the time limit of a request. */
const MOST_WAIT_MS = 1_000;
/** Delayed answers of one address at a time; with more than these, answers are not delayed. */
const MOST_WAITING = 1_000;
const MOST_ADDRESSES = 10_000;

interface Address {
  /** When all failures so far would have come if they had come at the allowed rate, ms (as in GCRA). */
  paidUntil: number;
  waiting: number;
}

/**
 * Slows down guessing of keys: after some failed authentications of an address, its further failures are answered with a
 * delay. A success is answered at once, so an attacker can't lock out others with the same address.
 */
export class FailedAttempts {
  readonly #addresses = new Map<string, Address>();

  /** @param onSlowed hears that an answer has to wait. */
  constructor(
    private readonly onSlowed: () => void,
    private readonly monotonicMs: () => number = () => performance.now(),
  ) {}

  /** Makes an attempt, which fails by an answer that is undefined, or by rejecting with `unauthorized`. */
  async attempt<T>(address: string, make: () => Promise<T | undefined>): Promise<T | undefined> {
    try {
      const found = await make();
      if (found === undefined) await this.#slowDown(address);
      return found;
    } catch (error) {
      if ((error as { code?: unknown }).code === 'unauthorized') await this.#slowDown(address);
      throw error;
    }
  }

  async #slowDown(address: string): Promise<void> {
    const known = this.#count(address);
    const free = (BURST * 1_000) / PER_SECOND;
    const waitMs = Math.min(MOST_WAIT_MS, known.paidUntil - this.monotonicMs() - free);
    if (waitMs <= 0 || known.waiting >= MOST_WAITING) return;
    this.onSlowed();
    known.waiting += 1;
    await sleep(waitMs, undefined, { ref: false });
    known.waiting -= 1;
  }

  #count(address: string): Address {
    const now = this.monotonicMs();
    const known = this.#addresses.get(address) ?? { paidUntil: now, waiting: 0 };
    const most = now + (BURST * 1_000) / PER_SECOND + MOST_WAIT_MS;
    known.paidUntil = Math.min(most, Math.max(known.paidUntil, now) + 1_000 / PER_SECOND);
    this.#addresses.delete(address);
    this.#addresses.set(address, known);
    if (this.#addresses.size > MOST_ADDRESSES) this.#forgetOldest();
    return known;
  }

  #forgetOldest(): void {
    for (const address of this.#addresses.keys()) {
      this.#addresses.delete(address);
      return;
    }
  }
}
