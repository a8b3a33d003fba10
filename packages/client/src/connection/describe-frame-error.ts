import type { FrameError } from '@boomerang/protocol';

const HTTP = 'HTTP';
/** How a TLS alert or handshake begins: the record's type, then the protocol's major version. */
const TLS_BEGINNINGS = [0x1503, 0x1603];

/** What a peer speaks that sends no frames, told by the four bytes that would be the first frame's length. */
export function describeFrameError({ announcedBytes, message }: FrameError): string {
  const beginning = Buffer.alloc(4);
  beginning.writeUInt32BE(announcedBytes);
  const text = beginning.toString('latin1');
  if (text === HTTP) return 'it answers in HTTP';
  if (TLS_BEGINNINGS.includes(beginning.readUInt16BE(0))) return 'it answers in TLS';
  return /^[\x20-\x7e\r\n]{4}$/.test(text)
    ? `it answers with a text that begins with ${JSON.stringify(text)}`
    : message;
}
