import { type BreakerState, CircuitBreaker } from './circuit-breaker.js';
import { Endpoint } from './endpoint.js';
import { EndpointSlots } from './endpoint-slots.js';
import type { OriginSlots } from './origin-slots.js';
import { ClientReturns } from './return-schedule.js';
import { ClientShares } from './share.js';
import type { SlotPools } from './slot-pool.js';

/** Endpoints that are kept apart at one origin; all others that the client has there are treated as one. */
const MOST_APART = 100;
/** Stands for the path of all endpoints that are not kept apart: no path begins like this. */
const OTHERS = '*';
/** An endpoint that is idle for this long is forgotten, with the state of its breaker, ms. */
const FORGET_AFTER_MS = 60_000;
/** Idle endpoints that are remembered for one client. Beyond that, those used longest ago are forgotten first. */
const MOST_IDLE = 1_000;

export interface ClientEndpointsOptions {
  readonly clientId: string;
  /** Attempts in flight per endpoint. */
  readonly endpointSlots: number;
  readonly workerSlots: SlotPools;
  readonly originSlots: OriginSlots;
  readonly onBreaker: (origin: string, to: BreakerState, from: BreakerState) => void;
}

interface AtOrigin {
  readonly shares: ClientShares;
  readonly byPath: Map<string, Endpoint>;
}

/** The endpoints of one client: those in use, and those that were used lately. */
export class ClientEndpoints {
  readonly #shares: ClientShares;
  readonly #returns = new ClientReturns();
  readonly #origins = new Map<string, AtOrigin>();
  /** Idle endpoints and when each was used last (monotonic ms), the earliest first. */
  readonly #idle = new Map<Endpoint, number>();

  constructor(private readonly options: ClientEndpointsOptions) {
    this.#shares = new ClientShares(options.workerSlots);
  }

  get clientId(): string {
    return this.options.clientId;
  }

  get isEmpty(): boolean {
    return this.#origins.size === 0;
  }

  /** Occurrences that wait for their turn at any endpoint. */
  get waiting(): number {
    return this.#shares.all.waiting;
  }

  at(origin: string, path: string): Endpoint {
    const there = this.#origins.get(origin) ?? this.#open(origin);
    const known = there.byPath.get(path);
    if (known) return known;
    const kept = this.#hasRoomFor(there) ? path : OTHERS;
    return there.byPath.get(kept) ?? this.#make(origin, kept, there);
  }

  /** Has to be called after each use. */
  used(endpoint: Endpoint, now: number): void {
    this.#idle.delete(endpoint);
    if (!endpoint.slots.isIdle) return;
    this.#idle.set(endpoint, now);
    const [earliest] = this.#idle.keys();
    if (this.#idle.size > MOST_IDLE && earliest) this.#forget(earliest);
  }

  /** Forgets endpoints that have been idle for too long. */
  forgetIdle(now: number): void {
    for (const [endpoint, usedAt] of this.#idle) {
      if (now - usedAt <= FORGET_AFTER_MS) return;
      this.#forget(endpoint);
    }
  }

  #open(origin: string): AtOrigin {
    const there = { shares: this.options.originSlots.open(origin), byPath: new Map() };
    this.#origins.set(origin, there);
    return there;
  }

  /** Whether one more endpoint can be kept apart, if need be in place of an idle one whose breaker has no failures. */
  #hasRoomFor({ byPath }: AtOrigin): boolean {
    if (byPath.size < MOST_APART) return true;
    const replaced = [...byPath.values()].find(({ slots, breaker }) => slots.isIdle && breaker.isClear);
    if (replaced) this.#forget(replaced);
    return replaced !== undefined;
  }

  #make(origin: string, path: string, { shares, byPath }: AtOrigin): Endpoint {
    const { endpointSlots, onBreaker } = this.options;
    const breaker = new CircuitBreaker((to, from) => onBreaker(origin, to, from));
    const slots = new EndpointSlots(endpointSlots, breaker, this.#shares, shares);
    const endpoint = new Endpoint({ origin, path }, slots, breaker, this.#returns);
    byPath.set(path, endpoint);
    return endpoint;
  }

  #forget(endpoint: Endpoint): void {
    const { origin, path } = endpoint.address;
    const { state } = endpoint.breaker;
    this.#idle.delete(endpoint);
    if (state !== 'closed') this.options.onBreaker(origin, 'closed', state);
    const byPath = this.#origins.get(origin)?.byPath;
    byPath?.delete(path);
    if (byPath?.size !== 0) return;
    this.#origins.delete(origin);
    this.options.originSlots.close(origin);
  }
}
