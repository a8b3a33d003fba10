import type { Gathered } from './gathered.js';
import type { LineReader } from './line-reader.js';

/** Reads the body of an answer, which comes in pieces of any size. */
export interface Body {
  /** Whether the end of the connection is the end of the body. */
  readonly endsWithConnection: boolean;
  /** Moves the part of the body that has come to `into`; answers whether the body is complete. @throws AnswerError */
  read(from: LineReader, into: Gathered): boolean;
}
