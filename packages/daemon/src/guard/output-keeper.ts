import { appendFileSync, renameSync, statSync } from 'node:fs';

/** How much of the output is kept in memory, bytes: as much as the API keeps. */
const KEPT_BYTES = 262_144;
/** Of it, how much goes into the report, bytes. */
const TAIL_BYTES = 65_536;
const CHUNK_BYTES = 65_536;

/**
 * Takes what an engine writes: all of it into a file, of which there are two (the one before has the ending `.1`), and the last
 * of it in memory. A disk that is full loses output, and nothing else.
 */
export class OutputKeeper {
  #kept = Buffer.alloc(0);
  #written = 0;
  #fileBytes: number;

  constructor(
    private readonly file: string,
    private readonly fileBytes: number,
  ) {
    this.#fileBytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** Bytes that were written so far. */
  get bytes(): number {
    return this.#written;
  }

  take(chunk: Buffer): void {
    this.#written += chunk.length;
    this.#kept = Buffer.concat([this.#kept, chunk]).subarray(-KEPT_BYTES);
    try {
      if (this.#fileBytes >= this.fileBytes) {
        renameSync(this.file, `${this.file}.1`);
        this.#fileBytes = 0;
      }
      appendFileSync(this.file, chunk, { mode: 0o600 });
      this.#fileBytes += chunk.length;
    } catch {
      // Standard output has to be read on, or the engine would stop. What the file lacks is in memory, as far as it is the last.
    }
  }

  /** What there is from an offset on, at most a chunk; it begins later where the beginning isn't kept any more. */
  from(offset: number): { readonly offset: number; readonly chunk: Buffer } {
    const first = this.#written - this.#kept.length;
    const start = Math.max(offset, first);
    return { offset: start, chunk: this.#kept.subarray(start - first, start - first + CHUNK_BYTES) };
  }

  tail(): string {
    return this.#kept.subarray(-TAIL_BYTES).toString('utf8');
  }
}
