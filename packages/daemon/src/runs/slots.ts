export type Release = () => void;

interface Waiting {
  readonly engine: string;
  readonly engineSlots: number;
  readonly priority: number;
  readonly grant: (release: Release) => void;
}

/** Slots of the daemon and of each engine. Who waits is served by priority, then in order. */
export class Slots {
  readonly #taken = new Map<string, number>();
  readonly #waiting: Waiting[] = [];
  #used = 0;

  constructor(private readonly total: number) {}

  get used(): number {
    return this.#used;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /**
   * Resolves with what frees the slot again, or with undefined when the signal is aborted before there is one.
   *
   * @param priority the higher the sooner.
   */
  acquire(
    { name, slots }: { readonly name: string; readonly slots: number },
    priority: number,
    signal: AbortSignal,
  ): Promise<Release | undefined> {
    return new Promise((resolve) => {
      const waiting = { engine: name, engineSlots: slots, priority, grant: resolve };
      const place = this.#waiting.findIndex((other) => other.priority < priority);
      this.#waiting.splice(place === -1 ? this.#waiting.length : place, 0, waiting);
      const leave = () => {
        const index = this.#waiting.indexOf(waiting);
        if (index === -1) return;
        this.#waiting.splice(index, 1);
        resolve(undefined);
      };
      if (signal.aborted) leave();
      else signal.addEventListener('abort', leave, { once: true });
      this.#serve();
    });
  }

  /** Takes a slot for what runs already, even if there are fewer. */
  occupy(engine: string): Release {
    this.#used += 1;
    this.#taken.set(engine, this.#of(engine) + 1);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#used -= 1;
      this.#taken.set(engine, this.#of(engine) - 1);
      this.#serve();
    };
  }

  #serve(): void {
    for (let at = 0; at < this.#waiting.length && this.#used < this.total; ) {
      const { engine, engineSlots, grant } = this.#waiting[at] as Waiting;
      if (this.#of(engine) >= engineSlots) at += 1;
      else {
        this.#waiting.splice(at, 1);
        grant(this.occupy(engine));
      }
    }
  }

  #of(engine: string): number {
    return this.#taken.get(engine) ?? 0;
  }
}
