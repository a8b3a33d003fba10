import type { BreakerState } from './circuit-breaker.js';
import { ClientEndpoints } from './client-endpoints.js';
import type { Endpoint, GiveUpReason } from './endpoint.js';
import type { EndpointAddress } from './endpoint-address.js';
import type { EndedAttempt, TakenSlots } from './endpoint-slots.js';
import { OriginSlots, slotsPerOrigin } from './origin-slots.js';
import { SlotPools } from './slot-pool.js';

/**
 * An occurrence that can't begin within this time is given back, ms. The time is shorter at an endpoint where no attempt
 * ends while the worker's delivery slots are scarce: occurrences that wait hold such slots, which others need.
 */
const PATIENCE = { usualMs: 1_000, stalledMs: 100 };
const NONE = Number.NEGATIVE_INFINITY;
const SWEEP_MS = 100;

/** A client, and a server that its callbacks go to. */
export interface ClientOrigin {
  readonly clientId: string;
  readonly origin: string;
}

export interface EndpointLimitsOptions {
  /** Attempts that the worker may have in flight. */
  readonly workerSlots: number;
  /** Attempts that one client may have in flight at one endpoint. */
  readonly endpointSlots: number;
  /** How many of the worker's delivery slots are free. An occurrence that waits for its endpoint holds one too. */
  readonly freeSlots: () => number;
  readonly onBreaker: (at: ClientOrigin, to: BreakerState, from: BreakerState) => void;
}

/** An attempt that has begun; `leave` must be called when it has ended. */
export type Start = (leave: (attempt: EndedAttempt) => void) => unknown;
export type GiveUp = (reason: GiveUpReason, returnInMs: number) => void;

/**
 * Keeps a slow or failing endpoint from delaying callbacks of other clients or to other endpoints. Each endpoint of each
 * client has a limited number of slots and a breaker of its own; clients share the slots of each origin and of the
 * worker. An occurrence that finds no free slot waits for its turn, in order of due times at its endpoint. It is given
 * back if it would wait too long, or while the endpoint's breaker is open.
 */
export class EndpointLimits {
  readonly #clients = new Map<string, ClientEndpoints>();
  readonly #workerSlots: SlotPools;
  readonly #originSlots: OriginSlots;
  /** Endpoints at which occurrences wait. */
  readonly #waitedFor = new Map<Endpoint, ClientEndpoints>();
  #sweeper: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(private readonly options: EndpointLimitsOptions) {
    this.#workerSlots = new SlotPools(options.workerSlots);
    this.#originSlots = new OriginSlots(slotsPerOrigin(options.endpointSlots));
  }

  /** Calls `start` as soon as there is room, or `giveUp` when that takes too long. */
  enter({ clientId, origin, path }: ClientOrigin & EndpointAddress, start: Start, giveUp: GiveUp): void {
    const now = performance.now();
    const client = this.#clients.get(clientId) ?? this.#meet(clientId);
    const endpoint = client.at(origin, path);
    const begin = (taken: TakenSlots) =>
      void start((attempt) => this.#leave(client, endpoint, attempt, taken));
    endpoint.enter({ start: begin, giveUp }, now, this.#patienceMs(client, endpoint, now));
    this.#used(client, endpoint, now);
  }

  /**
   * Gives up every occurrence that waits. From now on one that would have to wait is given up at once; such ones may
   * still come, as occurrences are claimed ahead of their due times.
   */
  giveUpWaiting(): void {
    this.#stopped = true;
    const now = performance.now();
    for (const endpoint of this.#waitedFor.keys()) endpoint.giveUpBeyond(NONE, now);
    clearInterval(this.#sweeper);
  }

  #leave(client: ClientEndpoints, endpoint: Endpoint, attempt: EndedAttempt, taken: TakenSlots): void {
    const now = performance.now();
    endpoint.leave(attempt, taken, now);
    this.#used(client, endpoint, now);
  }

  #meet(clientId: string): ClientEndpoints {
    const { endpointSlots, onBreaker } = this.options;
    const client = new ClientEndpoints({
      clientId,
      endpointSlots,
      workerSlots: this.#workerSlots,
      originSlots: this.#originSlots,
      onBreaker: (origin, to, from) => onBreaker({ clientId, origin }, to, from),
    });
    this.#clients.set(clientId, client);
    return client;
  }

  #patienceMs(client: ClientEndpoints, { slots }: Endpoint, now: number): number {
    if (this.#stopped) return NONE;
    const free = this.options.freeSlots();
    const stalled = slots.isStalled(now);
    // Of one client no more occurrences wait than there are free slots: what hangs leaves room for other clients.
    if ((stalled || slots.scarceShare(now)) && client.waiting >= free) return NONE;
    const scarce = free < this.options.workerSlots / 2;
    return scarce && stalled ? PATIENCE.stalledMs : PATIENCE.usualMs;
  }

  #used(client: ClientEndpoints, endpoint: Endpoint, now: number): void {
    client.used(endpoint, now);
    if (endpoint.isWaitedFor) this.#waitedFor.set(endpoint, client);
    else this.#waitedFor.delete(endpoint);
    if (!this.#stopped) this.#sweeper ??= setInterval(() => this.#sweep(), SWEEP_MS);
  }

  #sweep(): void {
    const now = performance.now();
    for (const [endpoint, client] of this.#waitedFor) {
      endpoint.giveUpBeyond(this.#patienceMs(client, endpoint, now), now);
      this.#used(client, endpoint, now);
    }
    for (const client of this.#clients.values()) {
      client.forgetIdle(now);
      if (client.isEmpty) this.#clients.delete(client.clientId);
    }
    if (this.#clients.size > 0) return;
    clearInterval(this.#sweeper);
    this.#sweeper = undefined;
  }
}
