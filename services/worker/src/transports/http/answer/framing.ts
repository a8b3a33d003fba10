import { AnswerError, quoted } from './answer-error.js';
import type { Body } from './body.js';
import { ChunkedBody } from './chunked-body.js';
import { elementsOf, type HeaderFields } from './header-fields.js';
import { LengthBody, UNTIL_CLOSE } from './plain-body.js';
import type { StatusLine } from './status-line.js';

/** Answers with these have no body, whatever their header says. */
const WITHOUT_BODY = [204, 304];
const CHUNKED = 'chunked';
/** Codings of a body besides chunked. They are not undone: the request did not offer to accept them. */
const CODINGS = ['gzip', 'x-gzip', 'compress', 'x-compress', 'deflate', 'identity'];

/** The body that follows a header, by RFC 9112, 6.3. @throws AnswerError if two parsers could find different ends of it. */
export function bodyBehind({ status }: StatusLine, fields: HeaderFields): Body {
  if (WITHOUT_BODY.includes(status)) return new LengthBody(0);
  const lengths = fields['content-length'];
  const codings = fields['transfer-encoding'];
  if (codings === undefined) {
    return lengths === undefined ? UNTIL_CLOSE : new LengthBody(lengthIn(elementsOf(lengths)));
  }
  if (lengths !== undefined) throw new AnswerError('the header has Content-Length and Transfer-Encoding');
  return isChunked(codings) ? new ChunkedBody() : UNTIL_CLOSE;
}

function isChunked(value: string | string[]): boolean {
  const codings = elementsOf(value).map((coding) => coding.toLowerCase());
  const last = codings.pop() ?? '';
  const known = [...codings, last === CHUNKED ? 'identity' : last].every((coding) =>
    CODINGS.includes(coding),
  );
  if (known) return last === CHUNKED;
  throw new AnswerError(`Transfer-Encoding is ${quoted(String(value))}; allowed is chunked`);
}

function lengthIn(elements: readonly string[]): number {
  const [length = '', ...others] = elements.map((text) => text.replace(/^0+(?=.)/, ''));
  if (others.some((other) => other !== length)) {
    throw new AnswerError(`Content-Length is there with different values: ${quoted(elements.join(', '))}`);
  }
  const bytes = Number(length);
  if (/^\d+$/.test(length) && Number.isSafeInteger(bytes)) return bytes;
  throw new AnswerError(
    `Content-Length is ${quoted(length)}; allowed is a number of bytes in decimal digits`,
  );
}

/** We close an idle connection this much sooner than the receiver does, ms, so that no request meets its closing. */
const MARGIN_MS = 2_000;

/** How long a connection may wait for its next request, ms, by the answer's header; 0: it can't be used again. */
export function reuseMs(statusLine: StatusLine, fields: HeaderFields): number {
  const options = elementsOf(fields.connection).map((option) => option.toLowerCase());
  const persists = statusLine.version === '1.1' || options.includes('keep-alive');
  if (!persists || options.includes('close') || maySurprise(statusLine, fields)) return 0;
  const [, seconds] = /(?:^|[,;\s])timeout\s*=\s*"?(\d{1,9})/i.exec(String(fields['keep-alive'] ?? '')) ?? [];
  return seconds === undefined ? Number.POSITIVE_INFINITY : Math.max(0, Number(seconds) * 1_000 - MARGIN_MS);
}

/** Whether the header contradicts itself, so that the receiver may send bytes after what we take for the answer's end. */
function maySurprise({ status, version }: StatusLine, fields: HeaderFields): boolean {
  const coded = fields['transfer-encoding'] !== undefined;
  if (!WITHOUT_BODY.includes(status)) return coded && version === '1.0';
  return coded || !/^0*$/.test(String(fields['content-length'] ?? ''));
}
