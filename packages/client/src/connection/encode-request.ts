import {
  boomerang,
  encodeExactFrame,
  FRAME_HEADER_BYTES,
  MAX_FRAME_BYTES,
  MAX_FRAME_BYTES_BEFORE_SESSION,
} from '@boomerang/protocol';
import { checkOptions, type OptionNames } from '../arguments/check-options.js';
import { invalidArgument, unusable } from '../arguments/invalid-argument.js';
import type { RequestEnvelope } from './request-envelope.js';

/** The contract's fields, which the generated class has as properties of its prototype. */
const FIELDS = Object.fromEntries(
  Object.keys(boomerang.BoomerangEnvelope.prototype).map((name) => [name, true]),
) as OptionNames<RequestEnvelope>;

/** A request as it travels. */
export interface EncodedRequest {
  readonly frame: Buffer;
  readonly requestId: number;
  /** Whether the gateway takes it only on a connection that has shown a live session. */
  readonly needsTrust: boolean;
}

/** @throws BoomerangClientError `INVALID_REQUEST` for what would be sent as something else, or is too large. */
export function encodeRequest(envelope: RequestEnvelope): EncodedRequest {
  checkOptions('envelope', envelope, FIELDS, 'envelope.');
  const payload = envelope.registrationRequest?.payload;
  // The encoder takes a text for base64, and anything else without a length for nothing.
  if (payload && !(ArrayBuffer.isView(payload) && 'subarray' in payload)) {
    throw unusable('envelope.registrationRequest.payload', payload, 'a Uint8Array');
  }
  const frame = encodeWhole(envelope);
  const bytes = frame.length - FRAME_HEADER_BYTES;
  if (bytes > MAX_FRAME_BYTES) {
    throw invalidArgument('envelope', `${bytes} bytes`, `at most ${MAX_FRAME_BYTES} bytes`);
  }
  const needsTrust = bytes > MAX_FRAME_BYTES_BEFORE_SESSION;
  return { frame, requestId: Number(envelope.requestId ?? 0), needsTrust };
}

function encodeWhole(envelope: RequestEnvelope): Buffer {
  try {
    return encodeExactFrame(envelope);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw invalidArgument('envelope', error.message, 'numbers that their fields can carry');
  }
}
