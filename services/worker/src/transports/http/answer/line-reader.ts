import { AnswerError, quoted } from './answer-error.js';

const CR = 13;
const LF = 10;
const EMPTY = Buffer.alloc(0);

/** Limit of all lines of an answer together, with their ends: header, interim answers, chunk extensions and trailers. */
const MOST_LINE_BYTES = 65_536;

/** Cuts an answer, which comes in pieces of any size, into lines and pieces of its body. */
export class LineReader {
  /** Bytes from `#at` up to `#end` were fed and are not read yet. */
  #bytes: Buffer = EMPTY;
  #at = 0;
  #end = 0;
  /** Before this position there is no LF. */
  #searched = 0;
  #lineBytesLeft = MOST_LINE_BYTES;

  /** Whether the line that was read last ended with CRLF, and not with LF alone. */
  endedByCrlf = false;

  /** How many bytes have come that were not read yet. */
  get left(): number {
    return this.#end - this.#at;
  }

  /** Takes the next bytes. They are copied only if they follow what was not read yet. */
  feed(chunk: Buffer): void {
    const { left } = this;
    if (left > 0 && chunk.length <= this.#bytes.length - this.#end) {
      chunk.copy(this.#bytes, this.#end);
      this.#end += chunk.length;
      return;
    }
    // Doubling keeps the copying linear even if each piece is one byte.
    const joined = left === 0 ? chunk : Buffer.allocUnsafeSlow(2 * (left + chunk.length));
    if (left > 0) chunk.copy(joined, this.#bytes.copy(joined, 0, this.#at, this.#end));
    this.#bytes = joined;
    this.#searched -= this.#at;
    this.#at = 0;
    this.#end = left + chunk.length;
  }

  /**
   * The next line without its end; undefined until it has come whole.
   *
   * @throws AnswerError if the lines are too long together, or if this one has a CR or a NUL within: some readers end it
   * there, others don't.
   */
  line(): string | undefined {
    const end = this.#bytes.indexOf(LF, this.#searched);
    if (end !== -1 && end < this.#end) return this.#cut(end);
    this.#searched = this.#end;
    this.#requireRoom(this.left);
    return undefined;
  }

  /** Up to `most` bytes of a body: a view of what was fed. */
  take(most: number): Buffer {
    const taken = this.#bytes.subarray(this.#at, Math.min(this.#at + most, this.#end));
    this.#at += taken.length;
    this.#searched = this.#at;
    return taken;
  }

  /** The next bytes as text; they can still be read. */
  peek(most: number): string {
    return this.#bytes.toString('latin1', this.#at, Math.min(this.#at + most, this.#end));
  }

  /** Leaves this many bytes of the last line out of the limit, because another limit holds for them. */
  excuse(bytes: number): void {
    this.#lineBytesLeft += bytes;
  }

  #cut(end: number): string {
    this.endedByCrlf = end > this.#at && this.#bytes[end - 1] === CR;
    const line = this.#bytes.toString('latin1', this.#at, this.endedByCrlf ? end - 1 : end);
    this.#requireRoom(end + 1 - this.#at);
    this.#lineBytesLeft -= end + 1 - this.#at;
    this.#at = end + 1;
    this.#searched = this.#at;
    if (line.includes('\r')) throw new AnswerError(`a CR without LF stands in the line ${quoted(line)}`);
    if (line.includes('\0')) throw new AnswerError(`a NUL stands in the line ${quoted(line)}`);
    return line;
  }

  #requireRoom(bytes: number): void {
    if (bytes <= this.#lineBytesLeft) return;
    const what = "the answer's header, with interim answers, chunk extensions and trailers,";
    throw new AnswerError(`${what} is longer than ${MOST_LINE_BYTES} bytes`);
  }
}
