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

  /** What was fed and not taken yet: `#chunk` from `#offset` on. */
  #chunk: Buffer = EMPTY;
  #offset = 0;
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

  /**
   * How many bytes of an unfinished frame are held, header included. 0 between two frames. What was fed and not looked
   * at yet doesn't count.
   */
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
    this.feed(chunk);
    const frames: Buffer[] = [];
    try {
      for (let frame = this.next(); frame; frame = this.next()) frames.push(frame);
    } catch (error) {
      if (!(error instanceof FrameError) || frames.length === 0) throw error;
      throw new FrameError(error.announcedBytes, error.allowedBytes, frames);
    }
    return frames;
  }

  /**
   * Takes the next bytes of the stream, to be cut by `next`: for whoever begins only what there is room for. A length
   * is then held against the `maxFrameBytes` of the moment in which it is reached.
   */
  feed(chunk: Buffer): void {
    if (this.#failure) return;
    const rest = this.#chunk.subarray(this.#offset);
    this.#chunk = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    this.#offset = 0;
  }

  /**
   * The next whole frame of what was fed, or undefined if there is none. A view, as with `push`.
   *
   * @throws FrameError if its length is larger than `maxFrameBytes`, and on every call after that.
   */
  next(): Buffer | undefined {
    if (this.#failure) throw this.#failure;
    if (this.#announced === undefined) {
      this.#offset = this.#readHeader(this.#chunk, this.#offset);
      if (this.#announced === undefined) return this.#exhausted();
      if (this.#announced > this.maxFrameBytes) throw this.#fail(this.#announced);
    }
    const missing = this.#announced - this.#partialBytes;
    const part = this.#chunk.subarray(this.#offset, this.#offset + missing);
    this.#offset += part.length;
    if (part.length === missing) return this.#complete(part);
    this.#keep(part, this.#announced);
    return this.#exhausted();
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

  /** Lets go of the chunk, so that no idle stream holds the memory of what it sent last. */
  #exhausted(): undefined {
    this.#chunk = EMPTY;
    this.#offset = 0;
  }

  #fail(announced: number): FrameError {
    this.#exhausted();
    this.#partial = EMPTY;
    this.#failure = new FrameError(announced, this.maxFrameBytes, []);
    return this.#failure;
  }
}

const EMPTY = Buffer.alloc(0);
