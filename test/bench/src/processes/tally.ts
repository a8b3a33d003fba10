import { MsHistogram, type Percentiles } from './percentiles.js';

/** One callback as it arrived; times in ms. */
export interface Arrival {
  readonly index: number;
  /** By a clock that all arrivals of a run share. */
  readonly at: number;
  /** By Redis's clock; negative = before it was due. */
  readonly lateness: number;
  /** The lateness is wrong by this at the most. */
  readonly latenessError: number;
  readonly sinceSent: number;
}

export interface TallySummary {
  readonly received: number;
  /** Tasks that arrived more than once. */
  readonly doubled: number;
  readonly early: number;
  /** Per second, from the first arrival to the last. */
  readonly perSecond: number;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly lateness: Percentiles;
  /** The worst lateness in each second since the first arrival, ms: shows whether a stall was one or many. */
  readonly worstBySecond: readonly number[];
  /** From the call that registers to the arrival of the callback. */
  readonly sinceSent: Percentiles;
}

/** Counts the arrivals of one run. */
export class Tally {
  /** Lateness by index. */
  readonly #seen = new Map<number, number>();
  readonly #lateness = new MsHistogram();
  readonly #sinceSent = new MsHistogram();
  readonly #doubled = new Set<number>();
  readonly #worstBySecond: number[] = [];
  #early = 0;
  #firstAt = Number.NaN;
  #lastAt = Number.NaN;

  get received(): number {
    return this.#seen.size;
  }

  add(arrival: Arrival): void {
    if (arrival.lateness < -arrival.latenessError) this.#early++;
    if (this.#seen.has(arrival.index)) {
      this.#doubled.add(arrival.index);
      return;
    }
    if (this.#seen.size === 0) this.#firstAt = arrival.at;
    this.#seen.set(arrival.index, arrival.lateness);
    this.#lastAt = arrival.at;
    this.#lateness.record(arrival.lateness);
    const second = Math.floor((arrival.at - this.#firstAt) / 1_000);
    this.#worstBySecond[second] = Math.max(this.#worstBySecond[second] ?? 0, Math.round(arrival.lateness));
    this.#sinceSent.record(arrival.sinceSent);
  }

  /** Lateness of each of the first `count` indices; null where it has not arrived. */
  latenesses(count: number): (number | null)[] {
    return Array.from({ length: count }, (_, index) => this.#seen.get(index) ?? null);
  }

  summary(): TallySummary {
    return {
      received: this.#seen.size,
      doubled: this.#doubled.size,
      early: this.#early,
      perSecond: (this.#seen.size / (this.#lastAt - this.#firstAt)) * 1_000,
      firstAt: this.#firstAt,
      lastAt: this.#lastAt,
      lateness: this.#lateness.percentiles(),
      worstBySecond: Array.from(this.#worstBySecond, (ms) => ms ?? 0),
      sinceSent: this.#sinceSent.percentiles(),
    };
  }
}
