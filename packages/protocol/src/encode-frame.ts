import protobuf from 'protobufjs/minimal.js';
import { FRAME_HEADER_BYTES } from './framing.js';
import { boomerang } from './protobuf.js';

/** Encodes an envelope as it travels in a datagram or as the body of an HTTP callback: bare, without a length. */
export function encodeEnvelope(envelope: boomerang.BoomerangEnvelope.$Properties): Buffer {
  return encode(envelope, 0);
}

/** Encodes an envelope as it travels on TCP: a 4-byte big-endian length, then the envelope. */
export function encodeFrame(envelope: boomerang.BoomerangEnvelope.$Properties): Buffer {
  const frame = encode(envelope, FRAME_HEADER_BYTES);
  frame.writeUInt32BE(frame.length - FRAME_HEADER_BYTES, 0);
  return frame;
}

function encode(envelope: boomerang.BoomerangEnvelope.$Properties, headerBytes: 0 | 4): Buffer {
  const writer = protobuf.Writer.create();
  if (headerBytes > 0) writer.fixed32(0);
  return boomerang.BoomerangEnvelope.encode(envelope, writer).finish() as Buffer;
}
