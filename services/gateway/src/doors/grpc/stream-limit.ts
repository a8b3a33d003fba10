import { BoomerangError } from '@boomerang/domain';

/** Limits how many streams of events each client may have open at this gateway. */
export class StreamLimit {
  readonly #open = new Map<string, number>();

  constructor(private readonly most: number) {}

  /** @returns a function to be called once when the stream ends. @throws BoomerangError `exhausted` beyond the limit. */
  enter(clientId: string): () => void {
    const open = this.#open.get(clientId) ?? 0;
    if (open >= this.most) {
      const limit = `BOOMERANG_GRPC_MAX_STREAMS_PER_CLIENT = ${this.most}`;
      throw new BoomerangError('exhausted', `the client has ${open} streams open at this gateway: ${limit}`);
    }
    this.#open.set(clientId, open + 1);
    return () => this.#leave(clientId);
  }

  #leave(clientId: string): void {
    const left = (this.#open.get(clientId) ?? 1) - 1;
    if (left === 0) this.#open.delete(clientId);
    else this.#open.set(clientId, left);
  }
}
