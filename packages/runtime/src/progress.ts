import type { Check } from './health-routes.js';

const TICK_MS = 1_000;
/** From the check that finds progress possible again to the one that asks why there was none. */
const GRACE_TICKS = 5;

export interface ProgressOptions {
  /** What is to go on, for the reason: `look ahead at partition`. */
  readonly what: string;
  /** How many things are to go on, each by itself. */
  readonly count: number;
  /** Seconds without progress that are too many. */
  readonly limitS: number;
  /** Whether progress can be expected at all; asked only when there was none. */
  readonly possible: () => Promise<boolean>;
}

/**
 * Liveness by progress. Time is counted in ticks of this process's own, so that one that was stopped for a while gets its
 * time again. What can't be expected, such as answers of a Redis that is down, is no reason to start a process anew.
 */
export class Progress {
  readonly #madeAt: number[];
  #ticks = 0;
  /** Since when every check has found progress possible, though there was none. */
  #possibleSince: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: ProgressOptions) {
    this.#madeAt = Array.from({ length: options.count }, () => 0);
  }

  start(): void {
    this.#timer ??= setInterval(() => this.#ticks++, TICK_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  made(which: number): void {
    this.#madeAt[which] = this.#ticks;
  }

  readonly check: Check = async () => {
    const { what, limitS } = this.options;
    const stalest = Math.min(...this.#madeAt);
    const silence = this.#ticks - stalest;
    if (silence <= limitS) {
      this.#possibleSince = undefined;
      return undefined;
    }
    if (!(await this.#wasPossible())) return undefined;
    return `no ${what} ${this.#madeAt.indexOf(stalest)} for ${silence} s`;
  };

  /** Not only now, but long enough for there to be progress. */
  async #wasPossible(): Promise<boolean> {
    if (!(await this.options.possible())) {
      this.#possibleSince = undefined;
      return false;
    }
    this.#possibleSince ??= this.#ticks;
    return this.#ticks - this.#possibleSince >= GRACE_TICKS;
  }
}
