import type { GiveBackReason } from '@boomerang/domain';
import type { CircuitBreaker } from './circuit-breaker.js';
import type { EndpointAddress } from './endpoint-address.js';
import type { EndedAttempt, EndpointSlots, TakenSlots } from './endpoint-slots.js';
import { type ClientReturns, ReturnSchedule } from './return-schedule.js';

/** Why an endpoint does not take an occurrence now. */
export type GiveUpReason = Exclude<GiveBackReason, 'not_sent' | 'unsignable' | 'unreadable'>;

export interface Waiting {
  /** Begins the attempt; `leave` must follow. */
  readonly start: (taken: TakenSlots) => void;
  readonly giveUp: (reason: GiveUpReason, returnInMs: number) => void;
}

/** Least time before an occurrence returns, ms: one that returns sooner would only be given back again. */
const LEAST_RETURN_MS = 50;

/** One client's endpoint: its slots, the occurrences that wait for them in order of their due times, and its breaker. */
export class Endpoint {
  readonly #waiting: Waiting[] = [];
  readonly #schedule = new ReturnSchedule();

  constructor(
    readonly address: EndpointAddress,
    readonly slots: EndpointSlots,
    readonly breaker: CircuitBreaker,
    private readonly clientReturns: ClientReturns,
  ) {}

  get isWaitedFor(): boolean {
    return this.#waiting.length > 0;
  }

  enter(entering: Waiting, now: number, patienceMs: number): void {
    const { slots, breaker } = this;
    if (!this.isWaitedFor && slots.hasRoom(now) && breaker.admits(now)) {
      this.#start(entering, now);
    } else if (breaker.state !== 'closed' || slots.turnMs(now) > patienceMs) {
      this.#giveUp(entering, now);
    } else {
      slots.wait(now);
      this.#waiting.push(entering);
      slots.queue(this, now);
    }
  }

  leave(attempt: EndedAttempt, taken: TakenSlots, now: number): void {
    this.slots.end(attempt, taken, now);
    this.breaker.record(attempt.health, attempt.startedAt, now);
    if (this.breaker.state !== 'closed') this.giveUpBeyond(Number.NEGATIVE_INFINITY, now);
    this.slots.handOn(now);
    // Other endpoints had their turn before. After the first answer there may be room for more than one attempt.
    while (this.startNext(now));
  }

  startNext(now: number): boolean {
    const next = this.slots.hasRoom(now) ? this.#waiting.shift() : undefined;
    if (next) {
      this.slots.endWait();
      this.#start(next, now);
    }
    if (this.isWaitedFor) this.slots.queue(this, now);
    return next !== undefined;
  }

  /** Gives up the occurrences that would have to wait longer than `patienceMs`, the one with the latest due time first. */
  giveUpBeyond(patienceMs: number, now: number): void {
    const givenUp: Waiting[] = [];
    while (this.isWaitedFor && this.slots.turnMs(now) > patienceMs) {
      givenUp.push(this.#waiting.pop() as Waiting);
      this.slots.endWait();
    }
    for (const each of givenUp.reverse()) this.#giveUp(each, now);
  }

  #start({ start }: Waiting, now: number): void {
    start(this.slots.begin(now));
  }

  #giveUp({ giveUp }: Waiting, now: number): void {
    const { slots, breaker } = this;
    const open = breaker.state !== 'closed';
    const wantedMs = open ? breaker.pauseLeftMs(now) : slots.roomInMs(now);
    const spreadMs = open || slots.scarceShare(now) ? this.clientReturns.next(now) : 0;
    const leastMs = Math.max(wantedMs, spreadMs, LEAST_RETURN_MS);
    giveUp(
      open ? 'breaker_open' : 'endpoint_busy',
      this.#schedule.next(now, leastMs, open ? 0 : slots.paceMs),
    );
  }
}
