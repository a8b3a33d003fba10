import { invalidField } from '@boomerang/domain';
import { rawMember } from './raw-member.js';

interface Payload {
  readonly bytes: Uint8Array;
  /** What the bytes are, where a raw callback doesn't say it otherwise. */
  readonly contentType: string | undefined;
}

const KINDS = ['json', 'text', 'base64'] as const;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** @param body the object that `raw` is the text of. @throws BoomerangError `invalid_request` */
export function payloadFromJson(body: Readonly<Record<string, unknown>>, raw: string): Payload {
  const given = KINDS.filter((kind) => body[kind] !== undefined);
  const [kind] = given;
  if (given.length > 1)
    throw invalidField('payload', `${given.join(' and ')} are given`, 'one of json, text and base64');
  if (kind === 'text') {
    const text = body.text as string;
    if (/\p{Cs}/u.test(text))
      throw invalidField('text', 'half of a surrogate pair', 'text that has an encoding in UTF-8');
    return { bytes: Buffer.from(text), contentType: 'text/plain; charset=utf-8' };
  }
  if (kind === 'base64') return { bytes: fromBase64(body.base64 as string), contentType: undefined };
  if (kind === undefined) return { bytes: new Uint8Array(0), contentType: undefined };
  return { bytes: Buffer.from(rawMember(raw, 'json') ?? ''), contentType: 'application/json' };
}

function fromBase64(text: string): Uint8Array {
  if (text.length % 4 !== 0 || !BASE64.test(text))
    throw invalidField('base64', 'it is not base64', 'base64 (RFC 4648, 4) with its padding');
  return Buffer.from(text, 'base64');
}

/** The payload as it could be sent: text where it is some, otherwise base64. */
export function payloadToJson(bytes: Uint8Array): { readonly text: string } | { readonly base64: string } {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { base64: Buffer.from(bytes).toString('base64') };
  }
}
