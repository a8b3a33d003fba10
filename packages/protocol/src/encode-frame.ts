import protobuf from 'protobufjs/minimal.js';
import { ExactWriter } from './exact-writer.js';
import { FRAME_HEADER_BYTES } from './framing.js';
import { boomerang } from './protobuf.js';

/** Encodes an envelope as it travels in a datagram or as the body of an HTTP callback: bare, without a length. */
export function encodeEnvelope(envelope: boomerang.BoomerangEnvelope.$Properties): Buffer {
  return encode(envelope, protobuf.Writer.create());
}

/** Encodes an envelope as it travels on TCP: a 4-byte big-endian length, then the envelope. */
export function encodeFrame(envelope: boomerang.BoomerangEnvelope.$Properties): Buffer {
  return frameOf(envelope, protobuf.Writer.create());
}

/**
 * As `encodeFrame`, for envelopes that a program's user made up.
 *
 * @throws RangeError for a number that its field can't carry.
 */
export function encodeExactFrame(envelope: boomerang.BoomerangEnvelope.$Properties): Buffer {
  return frameOf(envelope, new ExactWriter());
}

function frameOf(envelope: boomerang.BoomerangEnvelope.$Properties, writer: protobuf.Writer): Buffer {
  const frame = encode(envelope, writer.fixed32(0));
  frame.writeUInt32BE(frame.length - FRAME_HEADER_BYTES, 0);
  return frame;
}

function encode(envelope: boomerang.BoomerangEnvelope.$Properties, writer: protobuf.Writer): Buffer {
  return boomerang.BoomerangEnvelope.encode(envelope, writer).finish() as Buffer;
}
