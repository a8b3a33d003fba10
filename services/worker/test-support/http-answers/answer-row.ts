/** A kind of answer, and what becomes of it. */
export interface AnswerRow {
  readonly what: string;
  readonly becomes: 'delivered' | 'rejected' | 'protocol' | 'reset';
  /** Whether the connection may carry the next callback. */
  readonly connection: 'kept' | 'closed';
  /** Answers of that kind, as they go over the wire. */
  readonly examples: readonly string[];
  /** In the error of those that are no acknowledgement. */
  readonly words?: RegExp;
  /** Whether the receiver ends the connection behind the answer. */
  readonly ends?: true;
  /** Finds it in the bytes of any answer. */
  readonly sign?: RegExp;
}

export const EMPTY = 'content-length: 0\r\n\r\n';
export const OK = `HTTP/1.1 200 OK\r\n${EMPTY}`;
export const CHUNKED = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n';
export const LIMIT = 65_536;

export const withHeader = (...lines: string[]) =>
  `HTTP/1.1 200 OK\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`;
export const withLength = (value: string) => `${withHeader(`content-length:${value}`)}ok`;
export const withCoding = (value: string) =>
  `${withHeader(`transfer-encoding:${value}`)}2\r\nok\r\n0\r\n\r\n`;
export const inChunks = (chunks: string) => `${CHUNKED}${chunks}`;
export const withStatusLine = (line: string) => `${line}\r\n${EMPTY}`;
