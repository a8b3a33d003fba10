import type { Refusal } from '../../refusal.js';

/** A response to any request, after which the connection ends. */
export function refusalInHttp1({ message }: Refusal): Buffer {
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
/** RFC 9113, 7: HTTP_1_1_REQUIRED, from which the peer learns that this server does not speak HTTP/2. */
const HTTP_1_1_REQUIRED = 13;

/** The settings that have to come first, none, and the end of the connection with its reason (RFC 9113, 6.8). */
export function refusalInHttp2({ message }: Refusal): Buffer {
  const numbers = Buffer.alloc(8);
  numbers.writeUInt32BE(HTTP_1_1_REQUIRED, 4);
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
