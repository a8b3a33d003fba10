import { AnswerError, quoted } from './answer-error.js';
import type { Body } from './body.js';
import type { Gathered } from './gathered.js';
import type { LineReader } from './line-reader.js';

/** A size in hexadecimal digits, blanks with which some servers pad it, and extensions, which are ignored. */
const SIZE_LINE = /^([0-9A-Fa-f]+)[ \t]*(?:;|$)/;
/** More digits than this don't fit a safe integer. */
const MOST_SIZE_DIGITS = 13;
const CRLF = '\r\n';

/**
 * A body in chunks, each with its size before it (RFC 9112, 7.1):
 *
 * - *size*: the line before a chunk; the size 0 ends the chunks
 * - *data*: the chunk
 * - *end*: the CRLF behind it
 * - *trailers*: lines up to an empty one; they are ignored
 */
export class ChunkedBody implements Body {
  readonly endsWithConnection = false;
  #state: 'size' | 'data' | 'end' | 'trailers' = 'size';
  #missing = 0;

  read(from: LineReader, into: Gathered): boolean {
    for (;;) {
      if (this.#state === 'data' || this.#state === 'end') {
        if (!this.#readBytes(from, into)) return false;
        continue;
      }
      const line = from.line();
      if (line === undefined) return false;
      if (!from.endedByCrlf)
        throw new AnswerError(`the line ${quoted(line)} of a chunked body ends without CR`);
      if (this.#state === 'size') this.#onSize(line, from);
      else if (line === '') return true;
    }
  }

  #onSize(line: string, from: LineReader): void {
    const [, digits] = SIZE_LINE.exec(line) ?? [];
    const significant = digits?.replace(/^0+/, '');
    if (significant === undefined || significant.length > MOST_SIZE_DIGITS) {
      throw new AnswerError(`the size of a chunk is ${quoted(line)}; allowed are hexadecimal digits`);
    }
    this.#missing = Number.parseInt(`0${significant}`, 16);
    this.#state = this.#missing === 0 ? 'trailers' : 'data';
    if (this.#missing > 0) from.excuse(significant.length + CRLF.length);
  }

  #readBytes(from: LineReader, into: Gathered): boolean {
    if (this.#state === 'end') return this.#readEnd(from);
    const piece = from.take(this.#missing);
    if (piece.length === 0) return false;
    into.add(piece);
    this.#missing -= piece.length;
    if (this.#missing === 0) this.#state = 'end';
    return true;
  }

  #readEnd(from: LineReader): boolean {
    if (from.left < CRLF.length) return false;
    const end = from.take(CRLF.length).toString('latin1');
    if (end !== CRLF) throw new AnswerError(`a chunk is longer than its size: ${quoted(end)} follows it`);
    this.#state = 'size';
    return true;
  }
}
