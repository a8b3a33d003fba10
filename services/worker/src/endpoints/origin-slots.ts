import { ClientShares } from './share.js';
import { SlotPools } from './slot-pool.js';

/** An origin has the slots of this many endpoints. */
const ENDPOINTS = 2;
/** Least slots of an origin, so that several clients get some even if an endpoint has only one or two. */
const LEAST = 16;

/** Attempts that a worker may have in flight to one origin, of all clients, and so the most connections to it. */
export function slotsPerOrigin(endpointSlots: number): number {
  return Math.max(ENDPOINTS * endpointSlots, LEAST);
}

interface Origin {
  readonly slots: SlotPools;
  clients: number;
}

/** The slots of each origin, for as long as any client uses them. */
export class OriginSlots {
  readonly #origins = new Map<string, Origin>();

  constructor(private readonly perOrigin: number) {}

  /** A client's shares; `close` must follow. */
  open(origin: string): ClientShares {
    const { slots, clients } = this.#origins.get(origin) ?? {
      slots: new SlotPools(this.perOrigin),
      clients: 0,
    };
    this.#origins.set(origin, { slots, clients: clients + 1 });
    return new ClientShares(slots);
  }

  close(origin: string): void {
    const known = this.#origins.get(origin);
    if (known && --known.clients === 0) this.#origins.delete(origin);
  }
}
