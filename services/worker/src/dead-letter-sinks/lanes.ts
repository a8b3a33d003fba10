import { FairTurns } from './fair-turns.js';
import { backoffMs, type Lane } from './lane.js';

/** Batches sent at the same time to destinations whose last batch was acknowledged. */
const MOST_HEALTHY = 32;
/** Batches sent at the same time to destinations whose last batch failed. Counted apart: they delay no healthy one. */
const MOST_FAILING = 16;

/** Sends one batch; answers `failed` if the destination failed. */
type SendBatch = (lane: Lane) => Promise<'arrived' | 'failed'>;

/** What distinguishes the lanes of a worker. */
type Way = Pick<Lane, 'name' | 'clientId' | 'destination'>;

/**
 * Gives lanes their turns, a batch at a time. A lane whose destination fails rests, for longer each time. Clients have turns
 * as well: a client with many hanging destinations delays no other client.
 */
export class Lanes {
  readonly #lanes = new Map<string, Lane>();
  readonly #healthy = new FairTurns<Lane>(MOST_HEALTHY);
  readonly #failing = new FairTurns<Lane>(MOST_FAILING);
  readonly #rests = new Set<NodeJS.Timeout>();
  readonly #batches = new Set<Promise<void>>();
  #closed = false;

  constructor(private readonly sendBatch: SendBatch) {}

  /** To be called when the partition may have dead letters for the lane. */
  wake(way: Way, partition: number): void {
    const lane = this.#lanes.get(way.name) ?? newLane(way);
    this.#lanes.set(way.name, lane);
    lane.partitions.add(partition);
    if (lane.state === 'idle') this.#queue(lane);
  }

  /** Begins no further batch; resolves when the batches that are being sent have ended. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const rest of this.#rests) clearTimeout(rest);
    await Promise.all(this.#batches);
  }

  #queue(lane: Lane): void {
    lane.state = 'queued';
    const turns = lane.failures > 0 ? this.#failing : this.#healthy;
    turns.wait(lane);
    this.#next(turns);
  }

  #next(turns: FairTurns<Lane>): void {
    for (let lane = this.#closed ? undefined : turns.take(); lane; lane = turns.take())
      this.#begin(lane, turns);
  }

  #begin(lane: Lane, turns: FairTurns<Lane>): void {
    const batch = this.#run(lane).finally(() => {
      this.#batches.delete(batch);
      turns.giveBack(lane);
      this.#next(turns);
    });
    this.#batches.add(batch);
  }

  async #run(lane: Lane): Promise<void> {
    lane.state = 'busy';
    const outcome = await this.sendBatch(lane);
    lane.failures = outcome === 'failed' ? lane.failures + 1 : 0;
    if (this.#closed) return;
    if (outcome === 'failed') this.#rest(lane);
    else if (lane.partitions.size > 0) this.#queue(lane);
    else this.#lanes.delete(lane.name);
  }

  #rest(lane: Lane): void {
    lane.state = 'resting';
    const rest = setTimeout(() => {
      this.#rests.delete(rest);
      this.#queue(lane);
    }, backoffMs(lane.failures));
    this.#rests.add(rest);
  }
}

function newLane(way: Way): Lane {
  return { ...way, state: 'idle', partitions: new Set(), failures: 0 };
}
