import type { Writable } from 'node:stream';

/** Joins what is written within one tick into one write: thousands of small frames then cost one system call. */
export class WriteBatcher {
  #chunks: Buffer[] = [];

  constructor(private readonly target: Writable) {}

  write(chunk: Buffer): void {
    // After the promises of this tick, in whose continuations most requests are made.
    if (this.#chunks.push(chunk) === 1) process.nextTick(() => this.flush());
  }

  flush(): void {
    const chunks = this.#chunks;
    if (chunks.length === 0) return;
    this.#chunks = [];
    this.target.write(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks));
  }
}
