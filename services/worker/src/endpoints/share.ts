import { Pace } from './pace.js';
import type { SlotPool, SlotPools } from './slot-pool.js';

/** How many slots one may have for each one that it leaves to others. */
const PER_SLOT_LEFT = 4;

/**
 * One client's share of a pool of slots. It may have four for each one that it leaves free: alone four fifths of all, two
 * clients four ninths each. The client's endpoints share it by the same rule. So attempts that hang leave something for
 * whoever comes later. (Switches share their buffers like this, by a dynamic threshold.)
 */
export class Share extends Pace {
  constructor(readonly pool: SlotPool) {
    super();
  }

  /** How many more slots it may have. Less than none when others have come since it took its own. */
  get left(): number {
    const { free } = this.pool;
    return this.inFlight === 0 ? free : PER_SLOT_LEFT * (free - 1) - this.inFlight;
  }

  /** Whether an endpoint that has so many attempts in flight may begin another one. */
  hasSlotFor(inFlight: number): boolean {
    return inFlight < PER_SLOT_LEFT * this.left;
  }

  override begin(now: number): void {
    super.begin(now);
    this.pool.inUse++;
  }

  override end(durationMs: number, now: number): void {
    super.end(durationMs, now);
    this.pool.inUse--;
  }
}

/** One client's shares of the slots of the worker or of an origin. */
export class ClientShares {
  readonly all: Share;
  readonly suspect: Share;

  constructor(pools: SlotPools) {
    this.all = new Share(pools.all);
    this.suspect = new Share(pools.suspect);
  }
}
