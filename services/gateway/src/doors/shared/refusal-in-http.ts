import type { Refusal } from '../../refusal.js';

type HttpLanguage = NonNullable<Refusal['language']>;

const HTTP1 = new Set(['GET ', 'HEAD', 'POST', 'PUT ', 'PATC', 'DELE', 'OPTI', 'TRAC', 'CONN']);
/** What every connection of HTTP/2 begins with, gRPC's too. */
const HTTP2 = 'PRI ';

/** Which HTTP a connection speaks that begins so; undefined for none. */
export function httpLanguageOf(beginning: Buffer): HttpLanguage | undefined {
  const text = beginning.toString('latin1', 0, 4);
  if (HTTP1.has(text)) return 'HTTP/1.1';
  return text === HTTP2 ? 'HTTP/2' : undefined;
}

/** The last bytes for a peer that speaks HTTP. */
export function refusalInHttp(refusal: Refusal, language: HttpLanguage): Buffer {
  return language === 'HTTP/2' ? refusalInHttp2(refusal) : refusalInHttp1(refusal);
}

/** A response to any request, after which the connection ends. */
function refusalInHttp1({ message }: Refusal): Buffer {
  const body = `${message}\n`;
  const head = [
    'HTTP/1.1 400 Bad Request',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
}

const SETTINGS = 4;
const GOAWAY = 7;
/** RFC 9113, 7. From the second the peer learns that this server does not speak HTTP/2. */
const INADEQUATE_SECURITY = 12;
const HTTP_1_1_REQUIRED = 13;

/** The settings that have to come first, none, and the end of the connection with its reason (RFC 9113, 6.8). */
function refusalInHttp2({ code, message }: Refusal): Buffer {
  const numbers = Buffer.alloc(8);
  numbers.writeUInt32BE(code === 'HTTP_UNEXPECTED' ? HTTP_1_1_REQUIRED : INADEQUATE_SECURITY, 4);
  return Buffer.concat([
    http2Frame(SETTINGS, Buffer.alloc(0)),
    http2Frame(GOAWAY, Buffer.concat([numbers, Buffer.from(message)])),
  ]);
}

/** On stream 0, without flags. */
function http2Frame(type: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  return Buffer.concat([head, payload]);
}
