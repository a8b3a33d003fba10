import fc from 'fast-check';

const BEFORE = [
  '',
  '\r\n',
  '\n',
  'HTTP/1.1 100 Continue\r\n\r\n',
  'HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n',
  'HTTP/1.1 101 Switching Protocols\r\n\r\n',
];

const STATUS_LINES = [
  'HTTP/1.1 200 OK',
  'HTTP/1.1 200',
  'HTTP/1.1 200 ',
  'HTTP/1.1  200 OK',
  'HTTP/1.1\t200 OK',
  'HTTP/1.1 200 Pr\xeat',
  'HTTP/1.1 204 No Content',
  'HTTP/1.1 304 Not Modified',
  'HTTP/1.1 500 Error',
  'HTTP/1.1 999 Denied',
  'HTTP/1.1 099 Odd',
  'HTTP/1.1 20 Odd',
  'HTTP/1.0 200 OK',
  'HTTP/1.2 200 OK',
  'HTTP/2.0 200 OK',
  'HTTP/2 200',
  'http/1.1 200 OK',
  'ICY 200 OK',
];

const HEADER_LINES = [
  'content-length: 0',
  'content-length: 2',
  'Content-Length:2',
  'content-length: 02',
  'content-length: 2, 2',
  'content-length: 3',
  'content-length: +2',
  'content-length : 2',
  'content-length:',
  'transfer-encoding: chunked',
  'Transfer-Encoding: Chunked',
  'transfer-encoding: gzip, chunked',
  'transfer-encoding: chunked, gzip',
  'transfer-encoding: identity',
  'transfer-encoding: xchunked',
  'transfer-encoding : chunked',
  'connection: close',
  'connection: keep-alive',
  'keep-alive: timeout=5',
  'trailer: x',
  'x: y',
  'x : y',
  'x y: z',
  ' folded',
  'no colon',
  ': no name',
  'x-\xfc: y',
  'x: \xfc\x01',
  'x: a\0b',
  'x: a\rb',
];

const BODIES = [
  '',
  'ok',
  'okHTTP/1.1 500 Error\r\ncontent-length: 0\r\n\r\n',
  '2\r\nok\r\n0\r\n\r\n',
  '02\r\nok\r\n0\r\nx: y\r\n\r\n',
  '2;x=1\r\nok\r\n0\r\n\r\n',
  '2 \r\nok\r\n0 \r\n\r\n',
  '2;a="\n"\r\nok\r\n0\r\n\r\n',
  '2\nok\n0\n\n',
  '2\r\nokay\r\n0\r\n\r\n',
  '-2\r\nok\r\n0\r\n\r\n',
  '0x2\r\nok\r\n0\r\n\r\n',
  '0\r\n\r\n',
];

/** Characters that mean something somewhere in an answer. */
const ODD = ['\r', '\n', '\0', ' ', '\t', ':', ';', ',', '0', '9', 'a', '+', '-', '\x80', '"'];

const lineEnd = fc.oneof(
  { weight: 30, arbitrary: fc.constant('\r\n') },
  { weight: 2, arbitrary: fc.constant('\n') },
  { weight: 1, arbitrary: fc.constantFrom('\r', '\r\r\n') },
);

const composed = fc
  .tuple(
    fc.oneof({ weight: 3, arbitrary: fc.constant('') }, fc.constantFrom(...BEFORE)),
    fc.oneof(fc.constant('HTTP/1.1 200 OK'), fc.constantFrom(...STATUS_LINES)),
    lineEnd,
    fc.array(fc.tuple(fc.constantFrom(...HEADER_LINES), lineEnd), { maxLength: 4 }),
    lineEnd,
    fc.constantFrom(...BODIES),
  )
  .map(([before, status, end, headers, empty, body]) =>
    [before, status, end, ...headers.flat(), empty, body].join(''),
  );

interface Bend {
  /** Of the answer's length. */
  readonly at: number;
  readonly removes: number;
  readonly adds: string;
}

const bend = fc.record<Bend>({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  removes: fc.nat({ max: 1 }),
  adds: fc.constantFrom('', ...ODD),
});

function bent(answer: string, { at, removes, adds }: Bend): string {
  const index = Math.floor(at * answer.length);
  return answer.slice(0, index) + adds + answer.slice(index + removes);
}

/** An answer as some receiver may give it, in Latin-1: made of what is usual and what is not, and at times bent further. */
export const anyAnswer = fc
  .tuple(composed, fc.oneof(fc.constant([]), fc.array(bend, { maxLength: 2 })))
  .map(([answer, bends]) => bends.reduce(bent, answer));
