import protobuf from 'protobufjs/minimal.js';
import { boomerang } from './protobuf.js';

const { Reader } = protobuf;

/** The handshake of the public schema, which stands where ours does, with other fields. */
interface PublicHandshake {
  readonly clientId: string;
  readonly password: string;
}

/** Tags of length-delimited fields. */
const SESSION_ID = 0x0a;
const HANDSHAKE = 0x12;
const FIRST = 0x0a;
const SECOND = 0x12;

const KEY_PREFIX = 'bmr_';
/** How every signed token (JWT) begins: '{"' in base64. */
const JWT_PREFIX = 'eyJ';

/** Where an envelope's handshake is, with tag and length, whether it can be read or not; undefined if it carries none. */
export function placeOfHandshake(envelope: Uint8Array): { start: number; end: number } | undefined {
  const idBytes = envelope[0] === SESSION_ID ? (envelope[1] ?? 0) : undefined;
  const start = idBytes === undefined ? 0 : 2 + idBytes;
  // An id whose length takes two bytes is nobody's.
  if ((idBytes ?? 0) >= 0x80 || envelope[start] !== HANDSHAKE) return undefined;
  try {
    const reader = Reader.create(envelope);
    reader.pos = start + 1;
    reader.bytes();
    return { start, end: reader.pos };
  } catch {
    return { start, end: envelope.length };
  }
}

/**
 * The same envelope with the handshake of ours that means what one of the public schema says; itself if it carries another, or
 * something else.
 */
export function inOurForm(envelope: Uint8Array, place: { start: number; end: number }): Uint8Array {
  const handshake = envelope.subarray(place.start + 1, place.end);
  const shown = readPublicHandshake(handshake);
  if (!shown) return envelope;
  const authHandshake = { authToken: shown.password, clientId: shown.clientId, defaultPolicy: true };
  return Buffer.concat([
    envelope.subarray(0, place.start),
    boomerang.BoomerangEnvelope.encode({ authHandshake }).finish(),
    envelope.subarray(place.end),
  ]);
}

/**
 * The handshake as the public schema means it; undefined if it is one of ours. Ours begins with a key, with a signed token or
 * with nothing, or holds a callback with an endpoint. The other one has a name of a client first, which no key is.
 */
function readPublicHandshake(handshake: Uint8Array): PublicHandshake | undefined {
  const { first = new Uint8Array(), second } = fieldsOf(handshake) ?? {};
  if (second === undefined) return undefined;
  const [clientId, password] = [textOf(first), textOf(second)];
  if (clientId.startsWith(KEY_PREFIX)) return undefined;
  const isOurs = clientId === '' || clientId.startsWith(JWT_PREFIX) || isCallback(second);
  return isOurs && !password.startsWith(KEY_PREFIX) ? undefined : { clientId, password };
}

/** @param handshake with its length in front. */
function fieldsOf(handshake: Uint8Array): { first?: Uint8Array; second?: Uint8Array } | undefined {
  const fields: { first?: Uint8Array; second?: Uint8Array } = {};
  try {
    const reader = Reader.create(Reader.create(handshake).bytes());
    while (reader.pos < reader.len) {
      const tag = reader.uint32();
      if (tag === FIRST) fields.first = reader.bytes();
      else if (tag === SECOND) fields.second = reader.bytes();
      else reader.skipType(tag & 7);
    }
    return fields;
  } catch {
    return undefined;
  }
}

function isCallback(bytes: Uint8Array): boolean {
  try {
    return boomerang.CallbackConfig.decode(bytes).endpoint !== '';
  } catch {
    return false;
  }
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
