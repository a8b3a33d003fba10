import type { OutsideDestination } from '@boomerang/domain';
import { backoffMs, type Lane } from './lane.js';

/** Batches on their way at the same time, to destinations of which the last batch arrived … */
const MOST_HEALTHY = 32;
/** … and to others. Apart, so that however many are dead, they take nothing from those that aren't. */
const MOST_FAILING = 16;

interface Turns {
  readonly most: number;
  busy: number;
  readonly queue: Lane[];
}

/** Sends one batch: whether the destination failed. */
type SendBatch = (lane: Lane) => Promise<'arrived' | 'failed'>;

/** Gives destinations their turns, a batch at a time. One that fails rests, for longer each time. */
export class Lanes {
  readonly #lanes = new Map<string, Lane>();
  readonly #healthy: Turns = { most: MOST_HEALTHY, busy: 0, queue: [] };
  readonly #failing: Turns = { most: MOST_FAILING, busy: 0, queue: [] };
  readonly #rests = new Set<NodeJS.Timeout>();
  readonly #batches = new Set<Promise<void>>();
  #closed = false;

  constructor(private readonly sendBatch: SendBatch) {}

  /** There may be dead letters for the destination in the partition. */
  wake(name: string, destination: OutsideDestination, partition: number): void {
    const lane = this.#lanes.get(name) ?? newLane(name, destination);
    this.#lanes.set(name, lane);
    lane.partitions.add(partition);
    if (lane.state === 'idle') this.#queue(lane);
  }

  /** Begins no further batch; resolves when those on their way are over. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const rest of this.#rests) clearTimeout(rest);
    await Promise.all(this.#batches);
  }

  #queue(lane: Lane): void {
    lane.state = 'queued';
    const turns = lane.failures > 0 ? this.#failing : this.#healthy;
    turns.queue.push(lane);
    this.#next(turns);
  }

  #next(turns: Turns): void {
    if (this.#closed || turns.busy >= turns.most) return;
    const lane = turns.queue.shift();
    if (!lane) return;
    turns.busy++;
    const batch = this.#run(lane).finally(() => {
      this.#batches.delete(batch);
      turns.busy--;
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

function newLane(name: string, destination: OutsideDestination): Lane {
  return { name, destination, state: 'idle', partitions: new Set(), failures: 0 };
}
