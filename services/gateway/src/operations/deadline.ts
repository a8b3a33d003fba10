import { BoomerangError } from '@boomerang/domain';

/**
 * The time that one operation has for all that it asks of Redis. What is not answered by then is told at once: the caller
 * waits no longer, however many steps the operation has.
 */
export class Deadline {
  readonly #endsAt: number;

  constructor(ms: number) {
    this.#endsAt = performance.now() + ms;
  }

  /** A step that changes nothing. @throws BoomerangError `unavailable` when it has not succeeded in time. */
  async reading<T>(step: () => Promise<T>): Promise<T> {
    const late = new BoomerangError('unavailable', 'no answer from the store in time; nothing was changed');
    return this.#within(step, late).catch((error: unknown) => {
      if (error instanceof BoomerangError && error.code === 'outcome_unknown') throw late;
      throw error;
    });
  }

  /** A step that may have happened. @throws BoomerangError `outcome_unknown` when it was begun and is not over in time. */
  async writing<T>(step: () => Promise<T>): Promise<T> {
    const late = new BoomerangError('outcome_unknown', 'outcome unknown: no answer from the store in time');
    return this.#within(step, late);
  }

  async #within<T>(step: () => Promise<T>, late: BoomerangError): Promise<T> {
    const left = this.#endsAt - performance.now();
    if (left <= 0) throw new BoomerangError('unavailable', 'no time was left; nothing was changed');
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(late), left);
    });
    return Promise.race([step(), timeout]).finally(() => clearTimeout(timer));
  }
}
