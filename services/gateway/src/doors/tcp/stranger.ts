import type { Refusal } from '../../refusal.js';
import { TCP_CERTIFICATE } from '../shared/certificate.js';
import { httpLanguageOf } from '../shared/refusal-in-http.js';

const HTTP_UNEXPECTED = {
  code: 'HTTP_UNEXPECTED',
  message:
    'HTTP came to a port for Boomerang envelopes over TCP: use a Boomerang client here; metrics and health are served on BOOMERANG_HTTP_PORT',
} as const;

const TLS_UNEXPECTED: Refusal = {
  code: 'TLS_UNEXPECTED',
  message: `a TLS handshake came to a port that speaks plain TCP: connect without TLS, or have the gateway set up with ${TCP_CERTIFICATE.cert} and ${TCP_CERTIFICATE.key}`,
};

/** Says how envelopes are sent, to a peer that sends something else. */
export const FRAMING = 'an envelope follows its length in bytes, which is 4 bytes, big-endian';

/** The refusal for a peer whose first four bytes are no length of a frame; undefined if they are of no known protocol. */
export function refusalOfStranger(beginning: Buffer): Refusal | undefined {
  const http = refusalOfHttp(beginning);
  if (http) return http;
  if (isTlsRecord(beginning)) return TLS_UNEXPECTED;
  const text = textOf(beginning);
  if (!/^[\x20-\x7e\r\n\t]{4}$/.test(text)) return undefined;
  const message = `the text ${JSON.stringify(text)} came where a length is expected: ${FRAMING}`;
  return { code: 'FRAME_TOO_LARGE', message };
}

/** The refusal for a peer that speaks HTTP; undefined for others. */
export function refusalOfHttp(beginning: Buffer): Refusal | undefined {
  const language = httpLanguageOf(beginning);
  return language && { ...HTTP_UNEXPECTED, language };
}

function textOf(beginning: Buffer): string {
  return beginning.toString('latin1', 0, 4);
}

/** A record of type handshake, of any version of TLS. */
function isTlsRecord(beginning: Buffer): boolean {
  return beginning[0] === 22 && beginning[1] === 3;
}
