/** What can't be served within this is given back, ms. */
const PATIENCE_MS = 1_000;
const SWEEP_MS = 100;
/** When one is given back that can't be had now, ms. */
const COME_BACK = { leastMs: 50, mostMs: 10_000 };
/** Weight of the latest attempt in the average duration. */
const LATEST = 0.1;

interface Waiting {
  readonly start: () => void;
  readonly giveUp: (comeBackInMs: number) => void;
}

interface Endpoint {
  inFlight: number;
  averageMs: number;
  /** Monotonic ms at which an attempt was over last, or the first one began. */
  movedAt: number;
  readonly waiting: Waiting[];
}

/**
 * Limits the attempts in flight per endpoint. Those beyond wait their turn in order of their due times, so that an
 * endpoint that stumbles serves the oldest first. What it could not serve within a second, by the pace of its latest
 * attempts, is given back for about the time at which there will be room.
 */
export class EndpointLimits {
  readonly #endpoints = new Map<string, Endpoint>();
  #sweeper: NodeJS.Timeout | undefined;

  constructor(private readonly perEndpoint: number) {}

  /** Calls `start` as soon as the endpoint has room, or `giveUp` when that takes too long. */
  enter(key: string, start: () => void, giveUp: (comeBackInMs: number) => void): void {
    const now = performance.now();
    const endpoint = this.#endpoints.get(key) ?? { inFlight: 0, averageMs: 0, movedAt: now, waiting: [] };
    this.#endpoints.set(key, endpoint);
    if (endpoint.inFlight < this.perEndpoint) {
      endpoint.inFlight++;
      start();
    } else if (this.#turnMs(endpoint, now) > PATIENCE_MS) {
      giveUp(this.#comeBackInMs(endpoint, now));
    } else {
      endpoint.waiting.push({ start, giveUp });
      this.#sweeper ??= setInterval(() => this.#sweep(PATIENCE_MS), SWEEP_MS);
    }
  }

  /** Must follow each `start` once its attempt is over. */
  leave(key: string, durationMs: number): void {
    const endpoint = this.#endpoints.get(key);
    if (!endpoint) return;
    endpoint.averageMs += LATEST * (durationMs - endpoint.averageMs);
    endpoint.movedAt = performance.now();
    const next = endpoint.waiting.shift();
    if (next) next.start();
    else if (--endpoint.inFlight === 0) this.#endpoints.delete(key);
  }

  /** Gives up all that wait. */
  giveUpWaiting(): void {
    this.#sweep(Number.NEGATIVE_INFINITY);
  }

  /** When those that wait will have had their turn: by the average, or by how long nothing has moved if that is more. */
  #turnMs({ averageMs, movedAt, waiting }: Endpoint, now: number): number {
    return ((waiting.length + 1) * Math.max(averageMs, now - movedAt)) / this.perEndpoint;
  }

  #comeBackInMs(endpoint: Endpoint, now: number): number {
    const bounded = Math.min(Math.max(this.#turnMs(endpoint, now), COME_BACK.leastMs), COME_BACK.mostMs);
    return bounded * (0.5 + Math.random());
  }

  /** Gives up, the latest first, what would have to wait longer than `patienceMs`. */
  #sweep(patienceMs: number): void {
    const now = performance.now();
    let waiting = 0;
    for (const endpoint of this.#endpoints.values()) {
      while (endpoint.waiting.length > 0 && this.#turnMs(endpoint, now) > patienceMs) {
        endpoint.waiting.pop()?.giveUp(this.#comeBackInMs(endpoint, now));
      }
      waiting += endpoint.waiting.length;
    }
    if (waiting > 0) return;
    clearInterval(this.#sweeper);
    this.#sweeper = undefined;
  }
}
