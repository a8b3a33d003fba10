/** Counts the streams on which engines speak of each run. */
export class Speakers {
  readonly #open = new Map<string, number>();

  /** @param silent is called when the last stream that has spoken of a run has ended. */
  constructor(private readonly silent: (runId: string) => void) {}

  speaksOf(runId: string): boolean {
    return this.#open.has(runId);
  }

  /** A stream was opened. `end` can be called twice. */
  begin(): { names(runId: string): void; end(): void } {
    const named = new Set<string>();
    return {
      names: (runId) => {
        if (named.has(runId)) return;
        named.add(runId);
        this.#open.set(runId, (this.#open.get(runId) ?? 0) + 1);
      },
      end: () => {
        for (const runId of named) this.#leave(runId);
        named.clear();
      },
    };
  }

  #leave(runId: string): void {
    const left = (this.#open.get(runId) ?? 1) - 1;
    if (left > 0) this.#open.set(runId, left);
    else {
      this.#open.delete(runId);
      this.silent(runId);
    }
  }
}
