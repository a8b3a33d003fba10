/** What receivers answer otherwise than in the plainest form, and what becomes of it. docs/callbacks.md has the same rows. */
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

const EMPTY = 'content-length: 0\r\n\r\n';
const OK = `HTTP/1.1 200 OK\r\n${EMPTY}`;
const CHUNKED = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n';
const LIMIT = 65_536;

const withHeader = (...lines: string[]) =>
  `HTTP/1.1 200 OK\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`;
const withLength = (value: string) => `${withHeader(`content-length:${value}`)}ok`;
const withCoding = (value: string) => `${withHeader(`transfer-encoding:${value}`)}2\r\nok\r\n0\r\n\r\n`;
const inChunks = (chunks: string) => `${CHUNKED}${chunks}`;
const withStatusLine = (line: string) => `${line}\r\n${EMPTY}`;

const forgiven: readonly AnswerRow[] = [
  {
    what: 'no reason phrase, with or without the blank before it',
    becomes: 'delivered',
    connection: 'kept',
    examples: [withStatusLine('HTTP/1.1 200'), withStatusLine('HTTP/1.1 200 ')],
    sign: /^HTTP\/\d\.\d +\d{3} *\r?\n/im,
  },
  {
    what: 'a reason phrase of any bytes, in UTF-8 for instance',
    becomes: 'delivered',
    connection: 'kept',
    examples: [withStatusLine('HTTP/1.1 200 Prêt à tout \x01')],
    sign: /^HTTP\/\d\.\d[ \t]+\d{3}[ \t].*[^ -~\r]/im,
  },
  {
    what: 'more blanks, or tabs, around the status',
    becomes: 'delivered',
    connection: 'kept',
    examples: [withStatusLine('HTTP/1.1   200   OK'), withStatusLine('HTTP/1.1\t200\tOK')],
    sign: /^HTTP\/\d\.\d(\t| [ \t]|[ \t]+\d{3}(\t| [ \t]))/im,
  },
  {
    what: '`http` in small letters',
    becomes: 'delivered',
    connection: 'kept',
    examples: [withStatusLine('http/1.1 200 OK'), withStatusLine('Http/1.1 200 OK')],
    sign: /^(?!HTTP)[Hh][Tt][Tt][Pp]\//m,
  },
  {
    what: 'HTTP/1.2 to HTTP/1.9, or HTTP/2.0 in an answer that is otherwise of HTTP/1.1',
    becomes: 'delivered',
    connection: 'kept',
    examples: ['1.2', '1.9', '2.0'].map((version) => withStatusLine(`HTTP/${version} 200 OK`)),
    sign: /^HTTP\/(1\.[2-9]|2\.0)/im,
  },
  {
    what: 'HTTP/1.0',
    becomes: 'delivered',
    connection: 'closed',
    examples: [withStatusLine('HTTP/1.0 200 OK')],
  },
  {
    what: 'HTTP/1.0 with `Connection: keep-alive`',
    becomes: 'delivered',
    connection: 'kept',
    examples: [`HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\n${EMPTY}`],
  },
  {
    what: 'a status of its own between 200 and 299',
    becomes: 'delivered',
    connection: 'kept',
    examples: [withStatusLine('HTTP/1.1 299 Fine')],
  },
  {
    what: 'a status from 600 to 999',
    becomes: 'rejected',
    connection: 'kept',
    examples: [withStatusLine('HTTP/1.1 600 Who knows'), withStatusLine('HTTP/1.1 999 Request denied')],
    words: /^HTTP status (600|999)$/,
    sign: /^HTTP\/\d\.\d[ \t]+[6-9]\d\d/im,
  },
  {
    what: 'empty lines before the status line',
    becomes: 'delivered',
    connection: 'kept',
    examples: [`\r\n${OK}`, `\r\n\n\r\n${OK}`],
    sign: /^\r?\n/,
  },
  {
    what: 'header lines that end with LF alone',
    becomes: 'delivered',
    connection: 'kept',
    examples: [OK.replaceAll('\r', ''), 'HTTP/1.1 200 OK\ncontent-length: 2\r\n\nok'],
    sign: /(^|[^\r])\n/,
  },
  {
    what: '`100 Continue`, `103 Early Hints` or any other 1xx but 101 before the answer, unasked, once or more often',
    becomes: 'delivered',
    connection: 'kept',
    examples: [
      `HTTP/1.1 100 Continue\r\n\r\n${OK}`,
      `HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n${OK}`,
      `${'HTTP/1.1 102 Processing\r\ncontent-length: 9\r\n\r\n'.repeat(30)}${OK}`,
    ],
    sign: /^HTTP\/\d\.\d[ \t]+1/im,
  },
  {
    what: 'neither a length nor chunks: the body goes to the end of the connection',
    becomes: 'delivered',
    connection: 'closed',
    examples: [withHeader(), withHeader('content-type: text/plain').concat('ok')],
    ends: true,
  },
  {
    what: '204 without a length',
    becomes: 'delivered',
    connection: 'kept',
    examples: ['HTTP/1.1 204 No Content\r\n\r\n'],
  },
  {
    what: '204 with a length, or in chunks: there is no body, whatever follows',
    becomes: 'delivered',
    connection: 'closed',
    examples: [
      'HTTP/1.1 204 No Content\r\ncontent-length: 2\r\n\r\nok',
      'HTTP/1.1 204 No Content\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
      'HTTP/1.1 204 No Content\r\ncontent-length: 2\r\n\r\n',
    ],
    sign: /^HTTP\/\d\.\d[ \t]+[23]04/im,
  },
  {
    what: '`Content-Length` more than once with the same value',
    becomes: 'delivered',
    connection: 'kept',
    examples: [withLength(' 2\r\nContent-Length: 2'), withLength(' 2, 2'), withLength('2,02')],
    sign: /^content-length[ \t]*:.*(,|\ncontent-length[ \t]*:)/ims,
  },
  {
    what: '`Content-Length` with zeros before it',
    becomes: 'delivered',
    connection: 'kept',
    examples: [withLength(' 0002'), withLength(` ${'0'.repeat(30)}2`)],
    sign: /^content-length[ \t]*:[ \t]*0\d/im,
  },
  {
    what: 'header values without a blank before them, with several around them, or empty',
    becomes: 'delivered',
    connection: 'kept',
    examples: [withLength('2'), withLength(' \t 2 \t'), withHeader('x-empty:', 'content-length: 0')],
  },
  {
    what: 'header values in UTF-8, Latin-1 or with control characters but CR, LF and NUL',
    becomes: 'delivered',
    connection: 'kept',
    examples: [withHeader('server: größer \x01\x7f', 'content-length: 0')],
    sign: /^[^\n:]+:.*[^ -~\r\t]/m,
  },
  {
    what: 'a blank before the colon of a header other than `Content-Length` and `Transfer-Encoding`',
    becomes: 'delivered',
    connection: 'kept',
    examples: [withHeader('server : x', 'content-length: 0')],
    sign: /^[^\n:]+[ \t]:/m,
  },
  {
    what: '`Transfer-Encoding: chunked` in any letters',
    becomes: 'delivered',
    connection: 'kept',
    examples: [withCoding(' Chunked'), withCoding('CHUNKED')],
  },
  {
    what: '`Transfer-Encoding: chunked` of HTTP/1.0',
    becomes: 'delivered',
    connection: 'closed',
    examples: [withCoding(' chunked\r\nconnection: keep-alive').replace('1.1', '1.0')],
  },
  {
    what: '`Transfer-Encoding` of gzip, deflate, compress or identity, and then chunked: only the chunks are undone',
    becomes: 'delivered',
    connection: 'kept',
    examples: [withCoding('gzip, chunked'), withCoding('deflate\r\nTransfer-Encoding: Chunked')],
  },
  {
    what: '`Transfer-Encoding` of gzip, deflate, compress or identity alone: the body goes to the end of the connection',
    becomes: 'delivered',
    connection: 'closed',
    examples: [
      withHeader('transfer-encoding: identity').concat('ok'),
      withHeader('transfer-encoding: x-gzip'),
    ],
    ends: true,
  },
  {
    what: 'chunk sizes with zeros before or blanks behind them, and chunk extensions',
    becomes: 'delivered',
    connection: 'kept',
    examples: [
      inChunks('0002\r\nok\r\n000\r\n\r\n'),
      inChunks('2  \r\nok\r\n0 \r\n\r\n'),
      inChunks('2;a=b;c="d;e"\r\nok\r\nA ; x\r\n0123456789\r\n0;last\r\n\r\n'),
    ],
    sign: /\n0*[0-9a-f]*[ \t]*[; \t]/i,
  },
  {
    what: 'trailers',
    becomes: 'delivered',
    connection: 'kept',
    examples: [inChunks('2\r\nok\r\n0\r\nx-sum: 1\r\nboomerang-verdict: dead-letter\r\n\r\n')],
    sign: /\r\n0+\r\n[^\r]/,
  },
  {
    what: 'a compressed body, unasked: it is not decompressed, and the status counts',
    becomes: 'delivered',
    connection: 'kept',
    examples: [`${withHeader('content-encoding: gzip', 'content-length: 4')}\x1f\x8b\x08\x00`],
  },
  {
    what: 'a body of more than 64 KiB: it is read no further, and the status counts',
    becomes: 'delivered',
    connection: 'closed',
    examples: [
      `${withHeader(`content-length: ${LIMIT + 1}`)}${'x'.repeat(LIMIT + 1)}`,
      inChunks(`20000\r\n${'x'.repeat(LIMIT + 1)}`),
    ],
  },
  {
    what: 'anything behind the end of the answer, such as a second one',
    becomes: 'delivered',
    connection: 'closed',
    examples: [`${OK}HTTP/1.1 500 No\r\n${EMPTY}`, `${withLength('2')}\r\n`],
  },
  {
    what: '`Connection: close`, whether the receiver closes or not',
    becomes: 'delivered',
    connection: 'closed',
    examples: [
      withHeader('connection: close', 'content-length: 0'),
      withHeader('Connection: x, CLOSE', 'content-length: 0'),
    ],
  },
  {
    what: '`Keep-Alive: timeout` of 2 s or less: the next request could be too late',
    becomes: 'delivered',
    connection: 'closed',
    examples: [withHeader('keep-alive: timeout=2, max=100', 'content-length: 0')],
  },
  {
    what: 'a header of up to 64 KiB',
    becomes: 'delivered',
    connection: 'kept',
    examples: [withHeader(`x-long: ${'x'.repeat(LIMIT - 60)}`, 'content-length: 0')],
  },
];

const refused: readonly AnswerRow[] = [
  {
    what: 'a header, with interim answers, chunk extensions and trailers, of more than 64 KiB',
    becomes: 'protocol',
    connection: 'closed',
    examples: [
      `HTTP/1.1 200 OK\r\nx-long: ${'x'.repeat(LIMIT)}`,
      `HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(LIMIT / 6)}`,
      'HTTP/1.1 100 Continue\r\n\r\n'.repeat(LIMIT / 25 + 1),
      inChunks(`2;${'x'.repeat(LIMIT)}`),
      inChunks(`0\r\n${'a: b\r\n'.repeat(LIMIT / 6)}`),
    ],
    words: /is longer than 65536 bytes$/,
  },
  {
    what: 'a status line without `HTTP/1.` and a digit',
    becomes: 'protocol',
    connection: 'closed',
    examples: [
      'HTTP 200 OK',
      'HTTP/1 200 OK',
      'HTTP/1.10 200 OK',
      'HTTP/3.0 200 OK',
      'ICY 200 OK',
      '200 OK',
    ].map(withStatusLine),
    words: /allowed is HTTP\/1.1 or HTTP\/1.0 and a status of three digits$/,
  },
  {
    what: 'a status that is no number of three digits from 100 on',
    becomes: 'protocol',
    connection: 'closed',
    examples: ['20', '2000', '099', '+20', '2x0', 'OK', '200OK', ''].map((status) =>
      withStatusLine(`HTTP/1.1 ${status}`),
    ),
    words: /^the answer's status line is "HTTP\/1.1 .*"; allowed is/,
  },
  {
    what: 'another protocol: its first bytes are told',
    becomes: 'protocol',
    connection: 'closed',
    examples: ['SSH-2.0-OpenSSH_9.2p1\r\n', '+OK ready', '\x00\x00\x00\x09abc'],
    words: /^the answer begins with "(SSH-2.0|\+OK rea|\\u0000\\u0000\\u0000)/,
  },
  {
    what: 'TLS to an `http://` endpoint',
    becomes: 'protocol',
    connection: 'closed',
    examples: ['\x15\x03\x01\x00\x02\x02\x46'],
    words: /^the receiver answers in TLS: is its endpoint https:\/\/\?$/,
  },
  {
    what: 'HTTP/2',
    becomes: 'protocol',
    connection: 'closed',
    examples: [
      '\x00\x00\x06\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x64',
      withStatusLine('HTTP/2 200'),
      '\x00\x00\x08\x07\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01',
      'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    ],
    words: /^the receiver answers in HTTP\/2; callbacks are made over HTTP\/1.1$/,
  },
  {
    what: '`101 Switching Protocols`, which nobody asked for',
    becomes: 'protocol',
    connection: 'closed',
    examples: ['HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n'],
    words: /^the receiver answers 101 /,
  },
  {
    what: '`Content-Length` and `Transfer-Encoding` both',
    becomes: 'protocol',
    connection: 'closed',
    examples: [withCoding(' chunked\r\ncontent-length: 2'), withLength(' 12\r\ntransfer-encoding: chunked')],
    words: /^the header has Content-Length and Transfer-Encoding$/,
  },
  {
    what: '`Content-Length` with different values',
    becomes: 'protocol',
    connection: 'closed',
    examples: [withLength(' 2\r\ncontent-length: 3'), withLength(' 2, 3'), withLength('2, ,2')],
    words: /^Content-Length is there with different values: /,
  },
  {
    what: '`Content-Length` that is no decimal number, or above 2⁵³ − 1',
    becomes: 'protocol',
    connection: 'closed',
    examples: [
      '+2',
      '-2',
      '0x2',
      '2.0',
      '2 0',
      '1e3',
      '',
      '2;',
      '\xb2',
      '9007199254740992',
      '9'.repeat(20),
    ].map(withLength),
    words: /^Content-Length is ".*"; allowed is a number of bytes in decimal digits$/,
  },
  {
    what: '`Transfer-Encoding` that is unknown, or has chunked twice or not at its end',
    becomes: 'protocol',
    connection: 'closed',
    examples: [
      'br',
      'chunked, gzip',
      'chunked, chunked',
      'chunked\r\ntransfer-encoding: chunked',
      'xchunked',
      '"chunked"',
      'chunked;q=1',
      'chunked,',
      '',
      '\x0bchunked',
    ].map(withCoding),
    words: /^Transfer-Encoding is ".*"; allowed is chunked$/,
  },
  {
    what: 'CR without LF, or NUL, in a line',
    becomes: 'protocol',
    connection: 'closed',
    examples: [
      withStatusLine('HTTP/1.1 200 OK\rcontent-length: 2'),
      withHeader('x: a\rcontent-length: 2', 'content-length: 0'),
      withHeader('x: a\r\r', 'content-length: 0'),
      withHeader('x: a\0b', 'content-length: 0'),
      inChunks('2\r;\r\nok\r\n0\r\n\r\n'),
    ],
    words: /^a (CR without LF|NUL) stands in the line "/,
  },
  {
    what: 'a header line that goes on with the one before it (folding)',
    becomes: 'protocol',
    connection: 'closed',
    examples: [
      withHeader('x: a', ' b', 'content-length: 0'),
      withHeader('transfer-encoding:', '\tchunked'),
      withHeader(' content-length: 2'),
    ],
    words: /goes on with the one before it; each needs its name$/,
  },
  {
    what: 'a header line without a colon, without a name, or with a name that no header can have',
    becomes: 'protocol',
    connection: 'closed',
    examples: ['hello', ': x', 'two words: x', 'naïve: x', 'a(b): x', '\x0bcontent-length: 2', 'a\tb: x'].map(
      (line) => withHeader('content-length: 0', line),
    ),
    words: /is not a name, a colon and a value$/,
  },
  {
    what: 'a blank before the colon of `Content-Length` or `Transfer-Encoding`',
    becomes: 'protocol',
    connection: 'closed',
    examples: [
      withHeader('content-length : 0'),
      withHeader('Transfer-Encoding\t: chunked').concat('0\r\n\r\n'),
    ],
    words: /^a blank stands before the colon of "/,
  },
  {
    what: 'a chunk size that is no hexadecimal number, or above 2⁵² − 1',
    becomes: 'protocol',
    connection: 'closed',
    examples: ['-2', '+2', '0x2', ' 2', 'g', '', '2 2', '2.', `1${'0'.repeat(13)}`, 'f'.repeat(17)].map(
      (size) => inChunks(`${size}\r\nok\r\n0\r\n\r\n`),
    ),
    words: /^the size of a chunk is ".*"; allowed are hexadecimal digits$/,
  },
  {
    what: 'a chunk that is longer than its size',
    becomes: 'protocol',
    connection: 'closed',
    examples: [
      inChunks('2\r\nokay\r\n0\r\n\r\n'),
      inChunks('2\r\nok0\r\n\r\n'),
      inChunks('2\r\nok\n0\r\n\r\n'),
    ],
    words: /^a chunk is longer than its size: ".*" follows it$/,
  },
  {
    what: 'lines of a chunked body that end with LF alone',
    becomes: 'protocol',
    connection: 'closed',
    examples: [
      inChunks('2\nok\r\n0\r\n\r\n'),
      inChunks('2;\nxx\r\n45\r\n0\r\n\r\n'),
      inChunks('0\r\n\n'),
      inChunks('0\nx: y\r\n\r\n'),
    ],
    words: /of a chunked body ends without CR$/,
  },
  {
    what: 'the end of the connection in the middle of the answer',
    becomes: 'reset',
    connection: 'closed',
    examples: [
      'HTT',
      'HTTP/1.1 2',
      'HTTP/1.1 200 OK\r\nconte',
      withHeader('content-length: 3').concat('ok'),
      inChunks('2\r\nok'),
    ],
    words: /^the connection was closed in the middle of the answer$/,
    ends: true,
  },
];

export const httpAnswers: readonly AnswerRow[] = [...forgiven, ...refused];
