import { FrameDecoder } from '@boomerang/protocol';
import type { AnswerReader, WholeAnswer } from '../shared/answer-reader.js';
import { MOST_ANSWER_BYTES } from '../transport.js';

/** Reads an answer of one frame. Bytes behind the frame belong to no answer. */
export class FrameReader implements AnswerReader<Buffer> {
  readonly #decoder = new FrameDecoder({ maxFrameBytes: MOST_ANSWER_BYTES });

  get begun(): boolean {
    return this.#decoder.pendingBytes > 0;
  }

  /** @throws FrameError */
  read(chunk: Buffer): WholeAnswer<Buffer> | undefined {
    const [answer, ...more] = this.#decoder.push(chunk);
    if (!answer) return undefined;
    const surplus = more.length > 0 || this.begun;
    return { answer, reuseMs: surplus ? 0 : Number.POSITIVE_INFINITY };
  }

  end(): undefined {
    return undefined;
  }
}
