/** How long an occurrence may wait for its endpoint before it is given back, ms. */
const PATIENCE_MS = 250;

interface Waiting {
  readonly start: () => void;
  readonly giveUp: () => void;
  readonly until: number;
}

interface Endpoint {
  inFlight: number;
  readonly waiting: Waiting[];
}

/** Limits the attempts in flight per endpoint; those beyond wait their turn for a moment. */
export class EndpointLimits {
  readonly #endpoints = new Map<string, Endpoint>();
  #sweeper: NodeJS.Timeout | undefined;

  constructor(private readonly perEndpoint: number) {}

  /** Calls `start` as soon as the endpoint has room, or `giveUp` when that takes too long. */
  enter(key: string, start: () => void, giveUp: () => void): void {
    const endpoint = this.#endpoints.get(key) ?? { inFlight: 0, waiting: [] };
    this.#endpoints.set(key, endpoint);
    if (endpoint.inFlight < this.perEndpoint) {
      endpoint.inFlight++;
      start();
      return;
    }
    endpoint.waiting.push({ start, giveUp, until: performance.now() + PATIENCE_MS });
    this.#sweeper ??= setInterval(() => this.#sweep(performance.now()), PATIENCE_MS / 2);
  }

  /** Must follow each `start` once its attempt is over. */
  leave(key: string): void {
    const endpoint = this.#endpoints.get(key);
    if (!endpoint) return;
    const next = endpoint.waiting.shift();
    if (next) next.start();
    else if (--endpoint.inFlight === 0) this.#endpoints.delete(key);
  }

  /** Gives up all that wait. */
  giveUpWaiting(): void {
    this.#sweep(Number.POSITIVE_INFINITY);
  }

  #sweep(now: number): void {
    let waiting = 0;
    for (const endpoint of this.#endpoints.values()) {
      while (endpoint.waiting[0] && endpoint.waiting[0].until <= now) endpoint.waiting.shift()?.giveUp();
      waiting += endpoint.waiting.length;
    }
    if (waiting > 0) return;
    clearInterval(this.#sweeper);
    this.#sweeper = undefined;
  }
}
