import type { GiveBackReason } from '@boomerang/domain';
import { type BreakerState, CircuitBreaker } from './circuit-breaker.js';
import { ComeBacks } from './come-backs.js';
import type { EndpointHealth } from './endpoint-health.js';

/** Why an endpoint does not take an occurrence now. */
export type GiveUpReason = Exclude<GiveBackReason, 'not_sent' | 'unsignable' | 'unreadable'>;

export interface Waiting {
  readonly start: () => void;
  readonly giveUp: (reason: GiveUpReason, comeBackInMs: number) => void;
}

export interface EndedAttempt {
  /** Monotonic ms. */
  readonly startedAt: number;
  readonly durationMs: number;
  readonly health: EndpointHealth;
}

/** What an attempt takes at an endpoint that nothing is known of yet, ms. */
const FIRST_GUESS_MS = 20;
/** Weight of the latest attempt in the average duration. */
const LATEST = 0.1;
/** An endpoint that has ended no attempt for this long is stalled: a quick one under a burst ends one all the time, ms. */
const STALLED_MS = 100;
/** What comes back sooner would only be given back again, ms. */
const LEAST_COME_BACK_MS = 50;
/** How long a guess at the end of a hang may keep anything away, ms. */
const MOST_COME_BACK_MS = 8_000;

/** One endpoint: attempts in flight, those that wait for their turn in order of their due times, and its breaker. */
export class Endpoint {
  readonly breaker: CircuitBreaker;
  /** Monotonic ms at which an attempt began or was over last. */
  usedAt: number;
  readonly #waiting: Waiting[] = [];
  readonly #comeBacks = new ComeBacks();
  #inFlight = 0;
  #averageMs = FIRST_GUESS_MS;
  /** Monotonic ms at which an attempt was over last, or the first one began. */
  #movedAt: number;

  constructor(
    private readonly slots: number,
    now: number,
    onChange: (to: BreakerState, from: BreakerState) => void,
  ) {
    this.breaker = new CircuitBreaker(onChange);
    this.usedAt = now;
    this.#movedAt = now;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  get isIdle(): boolean {
    return this.#inFlight === 0 && this.#waiting.length === 0;
  }

  isStalled(now: number): boolean {
    return this.#inFlight > 0 && now - this.#movedAt > STALLED_MS;
  }

  enter(entering: Waiting, now: number, patienceMs: number): void {
    this.usedAt = now;
    const closed = this.breaker.state === 'closed';
    if (this.#inFlight < this.slots && this.breaker.admits(now)) {
      if (this.#inFlight++ === 0) this.#movedAt = now;
      entering.start();
    } else if (!closed || this.#turnMs(now) > patienceMs) {
      this.#giveUp(entering, now);
    } else {
      this.#waiting.push(entering);
    }
  }

  leave({ startedAt, durationMs, health }: EndedAttempt, now: number): void {
    this.usedAt = now;
    this.#movedAt = now;
    this.#averageMs += LATEST * (durationMs - this.#averageMs);
    this.#inFlight--;
    this.breaker.record(health, startedAt, now);
    if (this.breaker.state === 'closed') this.#startNext();
    else this.giveUpBeyond(Number.NEGATIVE_INFINITY, now);
  }

  #startNext(): void {
    const next = this.#waiting.shift();
    if (!next) return;
    this.#inFlight++;
    next.start();
  }

  /** Gives up, the latest first, what would have to wait longer than `patienceMs`. */
  giveUpBeyond(patienceMs: number, now: number): void {
    const givenUp: Waiting[] = [];
    while (this.#waiting.length > 0 && this.#turnMs(now) > patienceMs) {
      givenUp.push(this.#waiting.pop() as Waiting);
    }
    for (const each of givenUp.reverse()) this.#giveUp(each, now);
  }

  /** When those that wait will have had their turn: by the average, or by how long nothing has moved if that is more. */
  #turnMs(now: number): number {
    const eachMs = Math.max(this.#averageMs, now - this.#movedAt);
    return ((this.#waiting.length + 1) * eachMs) / this.slots;
  }

  /** When there may be room again: an endpoint that has hung for long is likely to hang for as long again. */
  #roomInMs(now: number): number {
    return Math.max(this.#turnMs(now), Math.min(2 * (now - this.#movedAt), MOST_COME_BACK_MS));
  }

  #giveUp({ giveUp }: Waiting, now: number): void {
    const open = this.breaker.state !== 'closed';
    const wantedMs = open ? this.breaker.pauseLeftMs(now) : this.#roomInMs(now);
    const leastMs = Math.max(wantedMs, LEAST_COME_BACK_MS);
    const comeBackInMs = this.#comeBacks.next(now, leastMs, open ? 0 : this.#averageMs / this.slots);
    giveUp(open ? 'breaker_open' : 'endpoint_busy', comeBackInMs);
  }
}
