/** Jobs done in one turn of the event loop. */
const PER_TURN = 16;

/**
 * Does jobs in order, a few in each turn of the event loop. So a thousand connections that are opened, or have to be ended,
 * at the same moment don't delay requests of other connections.
 */
export class Turns {
  #jobs: (() => void)[] = [];
  #running = false;

  add(job: () => void): void {
    this.#jobs.push(job);
    if (this.#running) return;
    this.#running = true;
    setImmediate(() => this.#run());
  }

  #run(): void {
    for (const job of this.#jobs.splice(0, PER_TURN)) job();
    this.#running = this.#jobs.length > 0;
    if (this.#running) setImmediate(() => this.#run());
  }
}
