/** Jobs done in one turn of the event loop. */
const PER_TURN = 16;

/**
 * Does jobs in order, a few in each turn of the event loop: a thousand peers that come, or are late, in the same moment
 * then don't hold up those who are at work.
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
