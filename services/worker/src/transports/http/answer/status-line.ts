import { AnswerError, quoted } from './answer-error.js';

/** RFC 9112, 4. Blanks are read as leniently as it permits; the reason phrase, which has no meaning, may be missing. */
const STATUS_LINE = /^HTTP\/(1\.\d|2\.0)[ \t]+([1-9]\d\d)(?:[ \t]|$)/i;
const ALLOWED = 'allowed is HTTP/1.1 or HTTP/1.0 and a status of three digits';
const BEGINNINGS = ['HTTP/1.', 'HTTP/2.0'];
/** First bytes of a record: an alert, a handshake. */
const TLS_RECORDS = [21, 22];
const TLS_MAJOR_VERSION = 3;
/** Fourth bytes of a frame, behind its length: SETTINGS, GOAWAY. */
const HTTP2_FRAMES = [4, 7];

export interface StatusLine {
  /** Whatever isn't 1.0 is read as 1.1. */
  readonly version: '1.0' | '1.1';
  /** From 100 to 999. */
  readonly status: number;
}

/** @throws AnswerError if the line is no status line. */
export function parseStatusLine(line: string): StatusLine {
  const [, version, status] = STATUS_LINE.exec(line) ?? [];
  if (version) return { version: version === '1.0' ? '1.0' : '1.1', status: Number(status) };
  requireBeginning(line);
  throw new AnswerError(`the answer's status line is ${quoted(line)}; ${ALLOWED}`);
}

/** @throws AnswerError, which says what the bytes look like, if no status line can begin with `text`. */
export function requireBeginning(text: string): void {
  const bare = text.replace(/^[\r\n]+/, '').toUpperCase();
  if (BEGINNINGS.some((beginning) => beginning.startsWith(bare.slice(0, beginning.length)))) return;
  throw new AnswerError(looksLike(text) ?? `the answer begins with ${quoted(text)}; ${ALLOWED}`);
}

function looksLike(text: string): string | undefined {
  const [first = 0, second = 0, , fourth = 0] = Array.from(text, (char) => char.charCodeAt(0));
  if (TLS_RECORDS.includes(first) && second === TLS_MAJOR_VERSION) {
    return 'the receiver answers in TLS: is its endpoint https://?';
  }
  const http2 = first === 0 && second === 0 && HTTP2_FRAMES.includes(fourth);
  if (!http2 && !/^(PRI \* H|HTTP\/2)/i.test(text)) return undefined;
  return 'the receiver answers in HTTP/2; callbacks are made over HTTP/1.1';
}
