import type { BreakerState } from './circuit-breaker.js';
import { type EndedAttempt, Endpoint, type GiveUpReason } from './endpoint.js';

/**
 * What can't be served within this is given back, ms. Where nothing moves while the worker's delivery slots get scarce that
 * is less, so that those who wait for an endpoint that hangs leave room for everybody else.
 */
const PATIENCE = { usualMs: 1_000, stalledMs: 100 };
const SWEEP_MS = 100;
/** An endpoint that was not used for this long is forgotten, with all that spoke against it, ms. */
const FORGET_AFTER_MS = 60_000;

export interface EndpointLimitsOptions {
  /** Attempts in flight per endpoint. */
  readonly perEndpoint: number;
  /** Whether the worker's delivery slots are getting scarce. */
  readonly isCrowded: () => boolean;
  readonly onBreaker: (endpoint: string, to: BreakerState, from: BreakerState) => void;
}

/**
 * Keeps endpoints from hurting each other. The attempts in flight to each are limited; those beyond wait their turn in
 * order of their due times, so that an endpoint that stumbles serves the oldest first. What it could not serve soon, by
 * the pace of its latest attempts, is given back, and all of it while its breaker is open.
 */
export class EndpointLimits {
  readonly #endpoints = new Map<string, Endpoint>();
  #sweeper: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(private readonly options: EndpointLimitsOptions) {}

  /** Calls `start` as soon as the endpoint has room, or `giveUp` when that takes too long. */
  enter(key: string, start: () => void, giveUp: (reason: GiveUpReason, comeBackInMs: number) => void): void {
    const now = performance.now();
    const endpoint = this.#endpoints.get(key) ?? this.#meet(key, now);
    endpoint.enter({ start, giveUp }, now, this.#patienceMs(endpoint, now));
    if (endpoint.waiting > 0) this.#sweepRegularly();
  }

  /** Must follow each `start` once its attempt is over. */
  leave(key: string, attempt: EndedAttempt): void {
    const endpoint = this.#endpoints.get(key);
    if (!endpoint) return;
    endpoint.leave(attempt, performance.now());
    if (!endpoint.breaker.isClear) this.#sweepRegularly();
    else if (endpoint.isIdle) this.#endpoints.delete(key);
  }

  /** Gives up all that wait, and from now on what would have to wait: it may have been claimed for a later moment. */
  giveUpWaiting(): void {
    this.#stopped = true;
    const now = performance.now();
    for (const endpoint of this.#endpoints.values()) {
      endpoint.giveUpBeyond(Number.NEGATIVE_INFINITY, now);
    }
    clearInterval(this.#sweeper);
  }

  #meet(key: string, now: number): Endpoint {
    const { perEndpoint, onBreaker } = this.options;
    const endpoint = new Endpoint(perEndpoint, now, (to, from) => onBreaker(key, to, from));
    this.#endpoints.set(key, endpoint);
    return endpoint;
  }

  #patienceMs(endpoint: Endpoint, now: number): number {
    if (this.#stopped) return Number.NEGATIVE_INFINITY;
    return endpoint.isStalled(now) && this.options.isCrowded() ? PATIENCE.stalledMs : PATIENCE.usualMs;
  }

  #sweepRegularly(): void {
    this.#sweeper ??= setInterval(() => this.#sweep(), SWEEP_MS);
  }

  #sweep(): void {
    const now = performance.now();
    let worthAnother = false;
    for (const [key, endpoint] of this.#endpoints) {
      endpoint.giveUpBeyond(this.#patienceMs(endpoint, now), now);
      if (endpoint.isIdle && now - endpoint.usedAt > FORGET_AFTER_MS) this.#forget(key, endpoint);
      else if (endpoint.waiting > 0 || !endpoint.breaker.isClear) worthAnother = true;
    }
    if (worthAnother) return;
    clearInterval(this.#sweeper);
    this.#sweeper = undefined;
  }

  #forget(key: string, { breaker: { state } }: Endpoint): void {
    this.#endpoints.delete(key);
    if (state !== 'closed') this.options.onBreaker(key, 'closed', state);
  }
}
