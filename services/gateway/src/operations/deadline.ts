import { BoomerangError } from '@boomerang/domain';

/** How long whoever calls waits, where the door knows it. */
export interface CallTime {
  /** From now, ms; Infinity = it did not say. */
  readonly leftMs: number;
  /** Is aborted when the caller has gone away. */
  readonly gone: AbortSignal;
}

/**
 * The time that one operation has for all that it asks of Redis. What is not answered by then is told at once: the caller
 * waits no longer, however many steps the operation has. A caller who waits less, or goes away, shortens it.
 */
export class Deadline {
  readonly #endsAt: number;
  readonly #gone: AbortSignal | undefined;
  #over: AbortController | undefined;

  constructor(ms: number, call?: CallTime) {
    this.#endsAt = performance.now() + Math.min(ms, call?.leftMs ?? ms);
    this.#gone = call?.gone;
  }

  /** Is aborted when nobody waits any more: no further step needs to begin. */
  get signal(): AbortSignal {
    this.#over ??= new AbortController();
    return this.#over.signal;
  }

  /** A step that changes nothing. @throws BoomerangError `unavailable` when it has not succeeded in time. */
  async reading<T>(step: () => Promise<T>): Promise<T> {
    const end = (why: string) => new BoomerangError('unavailable', `${why}; nothing was changed`);
    return this.#within(step, end).catch((error: unknown) => {
      if (error instanceof BoomerangError && error.code === 'outcome_unknown') throw end(LATE);
      throw error;
    });
  }

  /** A step that may have happened. @throws BoomerangError `outcome_unknown` when it was begun and is not over in time. */
  async writing<T>(step: () => Promise<T>): Promise<T> {
    return this.#within(step, (why) => new BoomerangError('outcome_unknown', `outcome unknown: ${why}`));
  }

  async #within<T>(step: () => Promise<T>, end: (why: string) => BoomerangError): Promise<T> {
    const left = this.#endsAt - performance.now();
    if (left <= 0) throw new BoomerangError('unavailable', 'no time was left; nothing was changed');
    if (this.#gone?.aborted) throw new BoomerangError('unavailable', `${GONE}; nothing was changed`);
    const stepping = step();
    let tidy = () => {};
    const cutOff = new Promise<never>((_, reject) => {
      const cut = (why: string) => {
        this.#over?.abort(why);
        reject(end(why));
      };
      const leave = () => cut(GONE);
      const timer = setTimeout(cut, left, LATE);
      this.#gone?.addEventListener('abort', leave);
      tidy = () => {
        clearTimeout(timer);
        this.#gone?.removeEventListener('abort', leave);
      };
    });
    return Promise.race([stepping, cutOff]).finally(tidy);
  }
}

const LATE = 'no answer from the store in time';
const GONE = 'the caller has gone away';
