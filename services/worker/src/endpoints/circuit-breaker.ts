import type { EndpointHealth } from './endpoint-health.js';

export type BreakerState = 'closed' | 'open' | 'probing';

/** Failures in a row, of attempts that began while it was closed. */
export const FAILURES_TO_OPEN = 10;
/** The pause before a probe: the least after it opened, then twice as long after each probe that failed. */
const PAUSE = { leastMs: 500, mostMs: 3_000 };

/**
 * Tells from an endpoint's attempts whether it is worth another one:
 *
 * - `closed`: attempts may begin; a row of failures opens it
 * - `open`: none may begin until the pause is over; the first one after that is the probe
 * - `probing`: none may begin but the probe, which is under way; it closes the breaker or opens it for a longer pause
 *
 * An attempt that began before the last change says nothing any more. All times are monotonic ms.
 */
export class CircuitBreaker {
  #state: BreakerState = 'closed';
  #failures = 0;
  #pauseMs = 0;
  #changedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly onChange: (to: BreakerState, from: BreakerState) => void) {}

  get state(): BreakerState {
    return this.#state;
  }

  /** Whether nothing speaks against the endpoint. */
  get isClear(): boolean {
    return this.#state === 'closed' && this.#failures === 0;
  }

  /** Whether an attempt may begin at `now`; if it is the probe, it must begin. */
  admits(now: number): boolean {
    if (this.#state === 'open' && this.pauseLeftMs(now) === 0) {
      this.#change('probing', now);
      return true;
    }
    return this.#state === 'closed';
  }

  /** How long until a probe may begin, at a guess while one is under way. */
  pauseLeftMs(now: number): number {
    if (this.#state === 'closed') return 0;
    if (this.#state === 'probing') return this.#pauseMs;
    return Math.max(0, this.#changedAt + this.#pauseMs - now);
  }

  /** An attempt that began at `startedAt` is over. */
  record(health: EndpointHealth, startedAt: number, now: number): void {
    if (startedAt < this.#changedAt || this.#state === 'open') return;
    if (this.#state === 'probing') this.#recordProbe(health, now);
    else if (health === 'up') this.#failures = 0;
    else if (health === 'down' && ++this.#failures >= FAILURES_TO_OPEN) this.#open(PAUSE.leastMs, now);
  }

  #recordProbe(health: EndpointHealth, now: number): void {
    if (health === 'down') {
      this.#open(Math.min(this.#pauseMs * 2, PAUSE.mostMs), now);
    } else if (health === 'up') {
      this.#failures = 0;
      this.#change('closed', now);
    } else {
      // The probe's outcome says nothing about the endpoint, so the next attempt is the probe.
      this.#change('open', now - this.#pauseMs);
    }
  }

  #open(pauseMs: number, now: number): void {
    this.#pauseMs = pauseMs;
    this.#change('open', now);
  }

  #change(to: BreakerState, at: number): void {
    const from = this.#state;
    this.#state = to;
    this.#changedAt = at;
    this.onChange(to, from);
  }
}
