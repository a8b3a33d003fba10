import type { LimitStore } from '@boomerang/domain';

/** What was read this long ago is read again, ms. */
const READ_EVERY_MS = 1_000;
/** A count that is this near to the limit is not trusted for longer than that: other gateways may have filled the rest. */
const NEAR = 0.9;
const MOST_CLIENTS = 10_000;

interface Count {
  readonly tasks: number;
  readonly readAt: number;
  /** Registered here since. */
  taken: number;
}

/**
 * How many tasks clients have: as read from the store, and what this gateway has let in since. It is wrong by what other
 * gateways let in within a second.
 */
export class TaskCounts {
  readonly #counts = new Map<string, Count>();
  readonly #reading = new Map<string, Promise<Count>>();

  constructor(
    private readonly store: Pick<LimitStore, 'countTasks'>,
    private readonly monotonicMs: () => number = () => performance.now(),
  ) {}

  /** Whether the client may have so many more; in the common case known at once. */
  hasRoom(clientId: string, count: number, most: number): boolean | Promise<boolean> {
    const known = this.#counts.get(clientId);
    const old = !known || this.monotonicMs() - known.readAt > READ_EVERY_MS;
    if (known && (!old || known.tasks + known.taken + count < most * NEAR)) {
      // Nobody waits for it; who needs it and finds it missing asks again.
      if (old) this.#read(clientId).catch(() => undefined);
      return fits(known, count, most);
    }
    return this.#read(clientId).then((read) => fits(read, count, most));
  }

  /** Counts tasks that were let in. */
  add(clientId: string, count: number): void {
    const known = this.#counts.get(clientId);
    if (known) known.taken += count;
  }

  #read(clientId: string): Promise<Count> {
    const underWay = this.#reading.get(clientId);
    if (underWay) return underWay;
    const reading = this.#readNow(clientId).finally(() => this.#reading.delete(clientId));
    this.#reading.set(clientId, reading);
    return reading;
  }

  async #readNow(clientId: string): Promise<Count> {
    const readAt = this.monotonicMs();
    const takenBefore = this.#counts.get(clientId)?.taken ?? 0;
    const tasks = await this.store.countTasks(clientId);
    // What was let in while the store counted may be in its count or not: rather twice than not at all.
    const taken = (this.#counts.get(clientId)?.taken ?? 0) - takenBefore;
    const count = { tasks, readAt, taken };
    this.#counts.delete(clientId);
    this.#counts.set(clientId, count);
    if (this.#counts.size > MOST_CLIENTS) this.#counts.delete(this.#counts.keys().next().value ?? '');
    return count;
  }
}

function fits({ tasks, taken }: Count, count: number, most: number): boolean {
  return tasks + taken + count <= most;
}
