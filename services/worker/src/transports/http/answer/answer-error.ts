/** What a receiver sent is no answer that HTTP/1.1 allows, or one that two readers could understand differently. */
export class AnswerError extends Error {
  override readonly name = 'AnswerError';
}

const MOST_QUOTED = 60;

/** A line of an answer, as an error's text repeats it. */
export function quoted(line: string): string {
  return JSON.stringify(line.length > MOST_QUOTED ? `${line.slice(0, MOST_QUOTED)}…` : line);
}
