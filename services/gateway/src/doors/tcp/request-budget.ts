import type { DecodedEnvelope } from '@boomerang/protocol';
import { mostAnswerBytes } from '../../envelope/requests.js';

const MOST_REQUESTS = 4_096;
const MOST_BYTES = 16 * 1_048_576;

/** How much one connection may have in flight: requests, and the bytes that they and their answers may hold. */
export class RequestBudget {
  readonly #costs: number[] = [];
  #bytes = 0;

  /** Of the requests in flight and their answers. */
  get bytes(): number {
    return this.#bytes;
  }

  get exhausted(): boolean {
    return this.#costs.length >= MOST_REQUESTS || this.#bytes >= MOST_BYTES;
  }

  /** @param frameBytes size of the request. */
  spend(request: DecodedEnvelope, frameBytes: number): void {
    const cost = frameBytes + mostAnswerBytes(request);
    this.#costs.push(cost);
    this.#bytes += cost;
  }

  /** The answer to the oldest request has been written. */
  refund(): void {
    this.#bytes -= this.#costs.shift() ?? 0;
  }
}
