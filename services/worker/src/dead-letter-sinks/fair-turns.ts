/**
 * One client may hold this many times as many places as are free, counting one more: three quarters of them if it is alone.
 * So there is room for another's, whatever its own wait for.
 */
const HELD_PER_FREE = 3;

interface Waiting {
  readonly clientId: string;
}

/** A number of places that clients take by turns, so that one with many that wait holds up no other. */
export class FairTurns<T extends Waiting> {
  #busy = 0;
  readonly #held = new Map<string, number>();
  /** What waits, by clients in the order of their turns. */
  readonly #waiting = new Map<string, T[]>();

  constructor(private readonly places: number) {}

  wait(item: T): void {
    const waiting = this.#waiting.get(item.clientId);
    if (waiting) waiting.push(item);
    else this.#waiting.set(item.clientId, [item]);
  }

  /** The next one to have a place, which it takes; undefined if none waits that may have one. */
  take(): T | undefined {
    for (const [clientId, waiting] of this.#waiting) {
      if (!this.#hasRoom(clientId)) continue;
      this.#waiting.delete(clientId);
      const item = waiting.shift();
      if (waiting.length > 0) this.#waiting.set(clientId, waiting);
      this.#held.set(clientId, this.#heldBy(clientId) + 1);
      this.#busy++;
      return item;
    }
    return undefined;
  }

  giveBack({ clientId }: T): void {
    const held = this.#heldBy(clientId) - 1;
    if (held > 0) this.#held.set(clientId, held);
    else this.#held.delete(clientId);
    this.#busy--;
  }

  #hasRoom(clientId: string): boolean {
    const free = this.places - this.#busy;
    return free > 0 && this.#heldBy(clientId) < HELD_PER_FREE * free;
  }

  #heldBy(clientId: string): number {
    return this.#held.get(clientId) ?? 0;
  }
}
