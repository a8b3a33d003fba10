import type { Socket } from 'node:net';
import type { AwakeClock } from '../shared/awake-clock.js';

/** Bytes that are handed to the socket at a time. A peer that reads slowly still reads this much within the limits. */
const PIECE_BYTES = 262_144;

/** Answers that the peer has not read yet. They go to the socket piece by piece, which shows whether the peer reads. */
export class Outbox {
  #waiting: Buffer[] = [];
  #unreadBytes = 0;
  #sending = false;
  #progressAt = 0;

  /** @param onProgress called when a piece has left. */
  constructor(
    private readonly socket: Socket,
    private readonly clock: AwakeClock,
    private readonly onProgress: () => void,
  ) {}

  get unreadBytes(): number {
    return this.#unreadBytes;
  }

  /** How long the peer has read nothing although there are answers for it, ms. */
  get stalledMs(): number {
    return this.#unreadBytes === 0 ? 0 : this.clock.now - this.#progressAt;
  }

  /** What is written in one turn of the event loop leaves together. */
  write(chunk: Buffer): void {
    if (this.#unreadBytes === 0) this.#progressAt = this.clock.now;
    this.#unreadBytes += chunk.length;
    this.#waiting.push(chunk);
    if (this.#sending) return;
    this.#sending = true;
    setImmediate(() => this.#send());
  }

  #send(): void {
    const piece = this.#takePiece();
    const last = piece.pop();
    if (!last) {
      this.#sending = false;
      return;
    }
    const bytes = piece.reduce((sum, chunk) => sum + chunk.length, last.length);
    this.socket.cork();
    for (const chunk of piece) this.socket.write(chunk);
    this.socket.write(last, (error) => this.#onSent(bytes, error));
    this.socket.uncork();
  }

  #onSent(bytes: number, error: Error | null | undefined): void {
    // The same error has destroyed the socket already.
    if (error) return;
    this.#unreadBytes -= bytes;
    this.#progressAt = this.clock.now;
    this.#send();
    this.onProgress();
  }

  #takePiece(): Buffer[] {
    let bytes = 0;
    let count = 0;
    for (; count < this.#waiting.length && bytes < PIECE_BYTES; count++)
      bytes += this.#waiting[count]?.length ?? 0;
    const piece = this.#waiting.splice(0, count);
    const last = piece.at(-1);
    if (last && bytes > PIECE_BYTES) {
      const fitting = last.length - (bytes - PIECE_BYTES);
      piece[piece.length - 1] = last.subarray(0, fitting);
      this.#waiting.unshift(last.subarray(fitting));
    }
    return piece;
  }
}
