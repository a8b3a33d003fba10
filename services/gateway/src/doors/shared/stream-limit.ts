import { BoomerangError } from '@boomerang/domain';

/**
 * Limits how many streams of events each client may have open at this gateway. They are counted by the key or token that they
 * show, before it is known whose that is, and then by client: thousands that come at once cost no question to the store.
 */
export class StreamLimit {
  readonly #open = new Map<string, number>();

  /** @param setting the variable that sets it. */
  constructor(
    private readonly most: number,
    private readonly setting: string,
  ) {}

  /** @returns a function to be called once when the stream ends. @throws BoomerangError `exhausted` beyond the limit. */
  showing(bearer: string): () => void {
    return this.#enter(`shows ${bearer}`);
  }

  /** The same. */
  of(clientId: string): () => void {
    return this.#enter(`is ${clientId}`);
  }

  #enter(who: string): () => void {
    const open = this.#open.get(who) ?? 0;
    if (open >= this.most) {
      const limit = `${this.setting} = ${this.most}`;
      throw new BoomerangError('exhausted', `the client has ${open} streams open at this gateway: ${limit}`);
    }
    this.#open.set(who, open + 1);
    return () => this.#leave(who);
  }

  #leave(who: string): void {
    const left = (this.#open.get(who) ?? 1) - 1;
    if (left === 0) this.#open.delete(who);
    else this.#open.set(who, left);
  }
}
