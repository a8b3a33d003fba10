import type { Socket } from 'node:net';
import { type PeerCertificate, TLSSocket } from 'node:tls';
import type { ShownCertificate } from '../../operations/authentication/certificate-rules.js';

/** The trusted certificate that a peer has shown on its connection; undefined for none. */
export function certificateOf(socket: Socket): ShownCertificate | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  return shownCertificate(socket.getPeerCertificate());
}

/** The same, out of what Node tells of a certificate that it has found good. */
export function shownCertificate(peer: PeerCertificate | undefined): ShownCertificate | undefined {
  // Node tells "there is none" by an object without content.
  if (!peer?.raw) return undefined;
  return {
    subject: { ...peer.subject },
    alternativeNames: namesOf(peer.subjectaltname ?? ''),
    fingerprint: peer.fingerprint256,
    expiresAt: Math.floor(Date.parse(peer.valid_to) / 1_000),
  };
}

/** Node separates names by ", ", and writes a name as a JSON string where it holds what could be mistaken for that. */
function namesOf(text: string): string[] {
  const names = text.matchAll(/([^:,]+):("(?:[^"\\]|\\.)*"|[^,]*)(?:, |$)/g);
  return [...names].map(
    ([, kind = '', name = '']) => `${kind}:${name.startsWith('"') ? unquoted(name) : name}`,
  );
}

function unquoted(name: string): string {
  try {
    return String(JSON.parse(name));
  } catch {
    return name;
  }
}
