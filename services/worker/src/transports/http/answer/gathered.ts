const EMPTY = Buffer.alloc(0);

/** Joins pieces of bytes. Its memory is at most double of what came; doubling keeps copying linear for tiny pieces. */
export class Gathered {
  #bytes: Buffer = EMPTY;
  length = 0;

  add(piece: Buffer): void {
    const length = this.length + piece.length;
    if (this.length === 0) this.#bytes = piece;
    else {
      if (length > this.#bytes.length) this.#grow(Math.max(length, 2 * this.length));
      piece.copy(this.#bytes, this.length);
    }
    this.length = length;
  }

  /** All bytes; a view of the piece if there was only one. */
  get whole(): Buffer {
    return this.#bytes.subarray(0, this.length);
  }

  #grow(size: number): void {
    const grown = Buffer.allocUnsafeSlow(size);
    this.#bytes.copy(grown, 0, 0, this.length);
    this.#bytes = grown;
  }
}
