import type { AnswerReader, WholeAnswer } from '../../shared/answer-reader.js';
import { MOST_ANSWER_BYTES } from '../../transport.js';
import { AnswerError } from './answer-error.js';
import type { Body } from './body.js';
import { bodyBehind, reuseMs } from './framing.js';
import { Gathered } from './gathered.js';
import { addField, type HeaderFields, noFields } from './header-fields.js';
import { LineReader } from './line-reader.js';
import { parseStatusLine, requireBeginning, type StatusLine } from './status-line.js';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<HeaderFields>;
  /** Undefined if the body was longer than an answer may be. */
  readonly body: Buffer | undefined;
}

const SWITCHING_PROTOCOLS = 101;
/** First bytes of an answer that show whether it is HTTP, and if not, which protocol. */
const ENOUGH_TO_TELL = 7;
/** How much of an answer that is not HTTP an error's text quotes, bytes. */
const MOST_TOLD = 40;

/**
 * Reads the answer to one POST by RFC 9112: strictly in what decides where the answer ends, leniently elsewhere. The
 * table in docs/callbacks.md lists the cases. It is pure: it keeps the bytes that came and knows no connection.
 *
 * - as long as `#status` is undefined: reads a status line, of the answer or of an interim answer (1xx) before it
 * - as long as `#body` is undefined: reads the lines of the header
 * - then: reads the body, to its end or until it is too long
 */
export class AnswerParser implements AnswerReader<HttpAnswer> {
  begun = false;
  readonly #from = new LineReader();
  readonly #content = new Gathered();
  #status: StatusLine | undefined;
  #headers = noFields();
  #body: Body | undefined;

  /** @throws AnswerError */
  read(chunk: Buffer): WholeAnswer<HttpAnswer> | undefined {
    this.begun = true;
    this.#from.feed(chunk);
    while (!this.#body) {
      const line = this.#from.line();
      if (line === undefined) {
        if (this.#from.left >= ENOUGH_TO_TELL) this.#requireBeginning();
        return undefined;
      }
      this.#onLine(line);
    }
    const whole = this.#body.read(this.#from, this.#content);
    const tooLong = this.#content.length > MOST_ANSWER_BYTES;
    return whole || tooLong ? this.#answer(this.#body, tooLong) : undefined;
  }

  /** @throws AnswerError */
  end(): WholeAnswer<HttpAnswer> | undefined {
    this.#requireBeginning();
    return this.#body?.endsWithConnection ? this.#answer(this.#body, false) : undefined;
  }

  #requireBeginning(): void {
    if (!this.#status) requireBeginning(this.#from.peek(MOST_TOLD));
  }

  #onLine(line: string): void {
    if (this.#status) {
      if (line === '') this.#onHeader(this.#status);
      else addField(this.#headers, line);
    } else if (line !== '') {
      this.#status = parseStatusLine(line);
    }
  }

  #onHeader(status: StatusLine): void {
    if (status.status === SWITCHING_PROTOCOLS) {
      throw new AnswerError(
        'the receiver answers 101 and switches to another protocol, which nobody asked for',
      );
    }
    if (status.status < 200) {
      this.#status = undefined;
      this.#headers = noFields();
      return;
    }
    this.#body = bodyBehind(status, this.#headers);
  }

  #answer(body: Body, tooLong: boolean): WholeAnswer<HttpAnswer> {
    const status = this.#status as StatusLine;
    const headers = this.#headers;
    const surplus = tooLong || body.endsWithConnection || this.#from.left > 0;
    return {
      answer: { status: status.status, headers, body: tooLong ? undefined : this.#content.whole },
      reuseMs: surplus ? 0 : reuseMs(status, headers),
    };
  }
}
