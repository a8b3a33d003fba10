/** The receiver's answer is not allowed by HTTP/1.1, or two parsers could understand it differently. */
export class AnswerError extends Error {
  override readonly name = 'AnswerError';
}

const MOST_QUOTED = 60;

/** A line of an answer, quoted for the text of an error. */
export function quoted(line: string): string {
  return JSON.stringify(line.length > MOST_QUOTED ? `${line.slice(0, MOST_QUOTED)}…` : line);
}
