import type { DecodedEnvelope } from '@boomerang/protocol';

/** A request that waits for its answer. */
export interface PendingRequest {
  /** 0 = it carries none. */
  readonly requestId: number;
  resolve(answer: DecodedEnvelope): void;
  reject(error: Error): void;
}

/** How many taken requests may lie at the front before they are cut off. */
const MOST_TAKEN = 1_024;

/** Requests in the order in which they were sent, which is the order in which they are answered. */
export class RequestQueue {
  #requests: PendingRequest[] = [];
  #head = 0;

  push(request: PendingRequest): void {
    this.#requests.push(request);
  }

  /**
   * Takes out the request that an answer belongs to: the oldest one, or the one with the answer's request id where the
   * answer carries one. Undefined if there is none.
   */
  take(requestId: number): PendingRequest | undefined {
    const oldest = this.#requests[this.#head];
    if (oldest && requestId !== 0 && oldest.requestId !== requestId) return this.#takeById(requestId);
    if (!oldest) return undefined;
    this.#head += 1;
    if (this.#head === this.#requests.length) this.#clear();
    else if (this.#head >= MOST_TAKEN && this.#head * 2 > this.#requests.length) this.#compact();
    return oldest;
  }

  rejectAll(error: Error): void {
    const waiting = this.#requests.slice(this.#head);
    this.#clear();
    for (const request of waiting) request.reject(error);
  }

  #takeById(requestId: number): PendingRequest | undefined {
    this.#compact();
    const index = this.#requests.findIndex((request) => request.requestId === requestId);
    return index < 0 ? undefined : this.#requests.splice(index, 1)[0];
  }

  #clear(): void {
    this.#requests = [];
    this.#head = 0;
  }

  #compact(): void {
    this.#requests.splice(0, this.#head);
    this.#head = 0;
  }
}
