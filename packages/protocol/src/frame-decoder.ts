import { FrameError } from './frame-error.js';
import { FRAME_HEADER_BYTES, MAX_FRAME_BYTES } from './framing.js';

/**
 * Cuts a byte stream into frames: a 4-byte big-endian length, then that many bytes.
 *
 * An announced length reserves nothing. It is checked as soon as its four bytes are there, and a frame that arrives
 * in pieces is held in memory of at most twice what has arrived of it, whatever the size of the pieces.
 */
export class FrameDecoder {
  /**
   * The largest frame to accept, in bytes, header not counted. Default MAX_FRAME_BYTES. May be changed at any time,
   * and holds for the frames whose length is read from then on.
   */
  maxFrameBytes: number;

  /** What has arrived of a length that isn't whole yet. */
  readonly #header = Buffer.alloc(FRAME_HEADER_BYTES);
  #headerBytes = 0;
  /** The length of the frame that isn't whole yet, or undefined between two frames. */
  #announced: number | undefined;
  /** What has arrived of that frame: the first `#partialBytes` of `#partial`. */
  #partial: Buffer = EMPTY;
  #partialBytes = 0;
  #failure: FrameError | undefined;

  constructor({ maxFrameBytes = MAX_FRAME_BYTES }: { maxFrameBytes?: number } = {}) {
    this.maxFrameBytes = maxFrameBytes;
  }

  /** How many bytes of an unfinished frame are held, header included. 0 between two frames. */
  get pendingBytes(): number {
    const header = this.#announced === undefined ? this.#headerBytes : FRAME_HEADER_BYTES;
    return header + this.#partialBytes;
  }

  /**
   * Takes the next bytes of the stream and answers the frames that they complete, in order.
   *
   * A frame that lies whole in `chunk` is a view of it, not a copy: what outlives the handling of the chunk has to
   * be copied by whoever keeps it.
   *
   * @throws FrameError if a length is larger than `maxFrameBytes`, and again for every chunk after that. The frames
   *   that the chunk completed in front of it are the error's `precedingFrames`.
   */
  push(chunk: Buffer): Buffer[] {
    if (this.#failure) throw this.#failure;
    const frames: Buffer[] = [];
    let offset = 0;
    for (;;) {
      if (this.#announced === undefined) {
        offset = this.#readHeader(chunk, offset);
        if (this.#announced === undefined) return frames;
        if (this.#announced > this.maxFrameBytes) throw this.#fail(this.#announced, frames);
      }
      const missing = this.#announced - this.#partialBytes;
      const available = Math.min(missing, chunk.length - offset);
      const part = chunk.subarray(offset, offset + available);
      offset += available;
      if (available < missing) {
        this.#keep(part, this.#announced);
        return frames;
      }
      frames.push(this.#complete(part));
    }
  }

  /** Reads the length at `offset`, or as much of it as is there, and answers where it ended. */
  #readHeader(chunk: Buffer, offset: number): number {
    if (this.#headerBytes === 0 && chunk.length - offset >= FRAME_HEADER_BYTES) {
      this.#announced = chunk.readUInt32BE(offset);
      return offset + FRAME_HEADER_BYTES;
    }
    const copied = chunk.copy(this.#header, this.#headerBytes, offset);
    this.#headerBytes += copied;
    if (this.#headerBytes === FRAME_HEADER_BYTES) {
      this.#announced = this.#header.readUInt32BE(0);
      this.#headerBytes = 0;
    }
    return offset + copied;
  }

  /** Adds a piece to the unfinished frame. Doubling keeps the copying linear even if every piece is one byte. */
  #keep(part: Buffer, announced: number): void {
    const needed = this.#partialBytes + part.length;
    if (needed > this.#partial.length) {
      const grown = Buffer.allocUnsafeSlow(Math.min(announced, Math.max(needed, 2 * this.#partial.length)));
      this.#partial.copy(grown, 0, 0, this.#partialBytes);
      this.#partial = grown;
    }
    part.copy(this.#partial, this.#partialBytes);
    this.#partialBytes = needed;
  }

  /** Ends the frame with its last piece. */
  #complete(part: Buffer): Buffer {
    let frame = part;
    if (this.#partialBytes > 0) {
      this.#keep(part, this.#partialBytes + part.length);
      frame = this.#partial.subarray(0, this.#partialBytes);
      this.#partial = EMPTY;
      this.#partialBytes = 0;
    }
    this.#announced = undefined;
    return frame;
  }

  #fail(announced: number, frames: readonly Buffer[]): FrameError {
    this.#partial = EMPTY;
    this.#failure = new FrameError(announced, this.maxFrameBytes, []);
    return frames.length === 0 ? this.#failure : new FrameError(announced, this.maxFrameBytes, frames);
  }
}

const EMPTY = Buffer.alloc(0);
