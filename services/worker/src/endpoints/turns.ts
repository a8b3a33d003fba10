interface Sharer {
  /** How many more slots it may have; can be negative. */
  readonly left: number;
}

export interface Waiter {
  /** Starts its next waiting occurrence if it has room; otherwise it queues for the pool that has none. */
  startNext(now: number): boolean;
}

/** Decides who gets the free slots of a pool: round robin by client, and by endpoint within each client. */
export class Turns {
  readonly #byClient = new Map<Sharer, Set<Waiter>>();

  add(client: Sharer, endpoint: Waiter): void {
    const endpoints = this.#byClient.get(client);
    if (endpoints) endpoints.add(endpoint);
    else this.#byClient.set(client, new Set([endpoint]));
  }

  /** Starts as many waiting occurrences as there is room for. */
  serve(now: number): void {
    let started = this.#byClient.size > 0;
    while (started) {
      started = false;
      for (const client of [...this.#byClient.keys()]) {
        if (client.left > 0 && this.#serveOne(client, now)) started = true;
      }
    }
  }

  #serveOne(client: Sharer, now: number): boolean {
    const endpoints = this.#byClient.get(client) ?? new Set();
    this.#byClient.delete(client);
    this.#byClient.set(client, endpoints);
    let started = false;
    for (const endpoint of [...endpoints]) {
      endpoints.delete(endpoint);
      started = endpoint.startNext(now);
      if (started) break;
    }
    if (endpoints.size === 0) this.#byClient.delete(client);
    return started;
  }
}
