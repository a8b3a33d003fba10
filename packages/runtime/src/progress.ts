import type { Check } from './health-routes.js';

const TICK_MS = 1_000;
/** Ticks for which progress must have been possible before its lack counts as a failure. */
const GRACE_TICKS = 5;

export interface ProgressOptions {
  /** What has to make progress, as a part of the reason: `look ahead at partition`. */
  readonly what: string;
  /** How many of them there are. Each has to make progress by itself. */
  readonly count: number;
  /** The longest time without progress that is allowed, s. */
  readonly limitS: number;
  /** Whether progress can be expected at all. Asked only when there was none. */
  readonly possible: () => Promise<boolean>;
}

/**
 * A liveness check that fails when there was no progress for too long. Time is counted in ticks of this process, so that a
 * process that was stopped for a while is not blamed for that time. The check doesn't fail while no progress is possible,
 * for example while Redis is down: a restart wouldn't help.
 */
export class Progress {
  readonly #madeAt: number[];
  #ticks = 0;
  /** The tick since which every check has found progress possible, although there was none. */
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

  /** Whether progress was possible long enough to be expected. */
  async #wasPossible(): Promise<boolean> {
    if (!(await this.options.possible())) {
      this.#possibleSince = undefined;
      return false;
    }
    this.#possibleSince ??= this.#ticks;
    return this.#ticks - this.#possibleSince >= GRACE_TICKS;
  }
}
