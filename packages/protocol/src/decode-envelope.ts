import { MalformedEnvelopeError } from './malformed-envelope-error.js';
import { boomerang } from './protobuf.js';
import { inOurForm, placeOfHandshake } from './public-handshake.js';

/** A decoded envelope: `payload` names the field that is set, and narrows the type to it. */
export type DecodedEnvelope = boomerang.BoomerangEnvelope & boomerang.BoomerangEnvelope.$Shape;

/**
 * Decodes one bare envelope.
 *
 * - `bytes` fields, so every task's payload, are views of `bytes`: copy what outlives it.
 * - 64-bit fields are numbers. One above 2^53 - 1 isn't exact, so check `Number.isSafeInteger` before using it.
 * - Unknown fields and enum values are accepted: the first are dropped, the others are kept as numbers. Nothing is
 *   checked beyond the encoding; `payload` is undefined if no message is in it.
 * - A handshake of the public schema, with a client's name and a password, becomes one of ours.
 *
 * @throws MalformedEnvelopeError, and nothing else, if the bytes aren't an envelope from the first to the last.
 */
export function decodeEnvelope(bytes: Uint8Array): DecodedEnvelope {
  const place = placeOfHandshake(bytes);
  try {
    return boomerang.BoomerangEnvelope.decode(place ? inOurForm(bytes, place) : bytes);
  } catch (cause) {
    throw new MalformedEnvelopeError(bytes.length, cause, place !== undefined);
  }
}
