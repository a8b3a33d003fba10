import { type CircuitBreaker, FAILURES_TO_OPEN } from './circuit-breaker.js';
import type { EndpointHealth } from './endpoint-health.js';
import { Pace } from './pace.js';
import type { ClientShares, Share } from './share.js';
import type { Waiter } from './turns.js';

/** Where an attempt has taken a slot: one of each. */
export type TakenSlots = readonly Pace[];

export interface EndedAttempt {
  /** Monotonic ms. */
  readonly startedAt: number;
  readonly durationMs: number;
  readonly health: EndpointHealth;
}

/**
 * The slots that an attempt needs: one of its endpoint, and one of each of its client's shares of the worker and of the
 * origin. An endpoint is suspect until it has answered, while it fails, and while nothing moves: then the attempt needs
 * slots of the shares for suspect endpoints too, so that those that work have at least half of all slots.
 */
export class EndpointSlots {
  readonly #own = new Pace();
  readonly #shares: readonly Share[];
  readonly #suspectShares: readonly Share[];
  #answered = false;

  constructor(
    private readonly total: number,
    private readonly breaker: Pick<CircuitBreaker, 'isClear'>,
    worker: ClientShares,
    origin: ClientShares,
  ) {
    this.#shares = [worker.all, origin.all];
    this.#suspectShares = [worker.all, origin.all, worker.suspect, origin.suspect];
  }

  get isIdle(): boolean {
    return this.#own.isIdle;
  }

  /** How far apart attempts end when all slots are in use, ms. */
  get paceMs(): number {
    return this.#own.averageMs / this.total;
  }

  isStalled(now: number): boolean {
    return this.#own.isStalled(now);
  }

  hasRoom(now: number): boolean {
    // Until the endpoint has answered once, it gets only as many attempts as open its breaker.
    const most = this.#answered ? this.total : Math.min(this.total, FAILURES_TO_OPEN);
    return this.#own.inFlight < most && !this.scarceShare(now);
  }

  /** The share of its client that has no slot for it. */
  scarceShare(now: number): Share | undefined {
    return this.#sharesFor(now).find((share) => !share.hasSlotFor(this.#own.inFlight));
  }

  begin(now: number): TakenSlots {
    const taken = [this.#own, ...this.#sharesFor(now)];
    for (const pace of taken) pace.begin(now);
    return taken;
  }

  end({ durationMs, health }: EndedAttempt, taken: TakenSlots, now: number): void {
    for (const pace of taken) pace.end(durationMs, now);
    if (health === 'up') this.#answered = true;
  }

  wait(now: number): void {
    for (const pace of [this.#own, ...this.#suspectShares]) pace.wait(now);
  }

  endWait(): void {
    for (const pace of [this.#own, ...this.#suspectShares]) pace.waiting--;
  }

  /** In how many ms one more waiting occurrence would have its turn. */
  turnMs(now: number): number {
    return Math.max(this.#own.turnMs(now, this.total), this.scarceShare(now)?.turnMs(now) ?? 0);
  }

  /** When there may be room, ms. */
  roomInMs(now: number): number {
    return Math.max(this.#own.roomInMs(now, this.total), this.scarceShare(now)?.roomInMs(now) ?? 0);
  }

  /** Has `waiter` take its turn with others whose clients have no slot for them. */
  queue(waiter: Waiter, now: number): void {
    const share = this.scarceShare(now);
    share?.pool.turns.add(share, waiter);
  }

  /** Slots came free: starts what others have waiting for them. */
  handOn(now: number): void {
    for (const { pool } of this.#suspectShares) pool.turns.serve(now);
  }

  #sharesFor(now: number): readonly Share[] {
    const suspect = !this.#answered || !this.breaker.isClear || this.#own.isStalled(now);
    return suspect ? this.#suspectShares : this.#shares;
  }
}
