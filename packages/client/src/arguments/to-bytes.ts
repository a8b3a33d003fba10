import { types } from 'node:util';
import { invalidArgument, unusable } from './invalid-argument.js';

/** What is taken as bytes. A text is sent as UTF-8; a `Buffer` is a Uint8Array. */
export type Bytes = string | Uint8Array | ArrayBuffer | DataView;

const ALLOWED =
  'a text (sent as UTF-8) or bytes (Buffer, Uint8Array, ArrayBuffer, DataView); turn anything else into one of ' +
  'these first, for example with JSON.stringify';

/**
 * The bytes of `value`, not copied.
 *
 * @throws BoomerangClientError `INVALID_REQUEST` for what is no `Bytes`, for a text that UTF-8 can't carry, and for bytes
 *   that were transferred away.
 */
export function toBytes(field: string, value: Bytes): Uint8Array {
  if (typeof value === 'string') return textBytes(field, value);
  // By what they are, not by `instanceof`: a value may come out of another realm, as in Jest.
  const isBytes = types.isUint8Array(value) || types.isDataView(value) || types.isArrayBuffer(value);
  if (!isBytes) throw unusable(field, value, ALLOWED);
  try {
    if (types.isArrayBuffer(value)) return new Uint8Array(value);
    if (types.isDataView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    // It throws if the bytes are gone: then the view claims to be empty.
    if (value.length === 0) new Uint8Array(value.buffer);
    return value;
  } catch {
    throw invalidArgument(field, 'its bytes were transferred to another thread', ALLOWED);
  }
}

function textBytes(field: string, text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text);
  throw invalidArgument(field, 'a text with a lone surrogate, which UTF-8 can not carry', ALLOWED);
}
