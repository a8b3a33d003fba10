import { Pace } from './pace.js';
import type { SlotPool, SlotPools } from './slot-pool.js';

/** How many slots a client may have for each one that stays free for others. */
const PER_SLOT_LEFT = 4;

/**
 * One client's share of a pool of slots. It may have four slots for each free one: a client that is alone gets four fifths
 * of all, each of two clients four ninths. The client's endpoints divide its share by the same rule. So there are free
 * slots for a newcomer even if all attempts hang. (Network switches share buffers by such a dynamic threshold.)
 */
export class Share extends Pace {
  constructor(readonly pool: SlotPool) {
    super();
  }

  /** How many more slots it may have. Negative if other clients have taken slots since it took its own. */
  get left(): number {
    const { free } = this.pool;
    return this.inFlight === 0 ? free : PER_SLOT_LEFT * (free - 1) - this.inFlight;
  }

  /** Whether an endpoint with this many attempts in flight may begin another one. */
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
