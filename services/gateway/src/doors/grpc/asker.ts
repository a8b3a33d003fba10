import type { Metadata, ServerUnaryCall } from '@grpc/grpc-js';
import type { ShownCertificate } from '../../operations/authentication/certificate-rules.js';
import { addressKey } from '../shared/address-key.js';
import { shownCertificate } from '../shared/peer-certificate.js';

/** Who makes a call, as far as the call itself shows. */
export interface Asker {
  readonly metadata: Metadata;
  /** The peer's address as `addressKey` groups addresses. */
  readonly address: string;
  /** The trusted certificate of the peer's TLS connection; undefined for none. */
  readonly certificate: () => ShownCertificate | undefined;
}

export function askerOf(
  call: Pick<ServerUnaryCall<unknown, unknown>, 'metadata' | 'getPeer' | 'getAuthContext'>,
): Asker {
  const peer = call.getPeer();
  const host = peer.slice(0, Math.max(0, peer.lastIndexOf(':'))).replace(/^\[|\]$/g, '');
  return {
    metadata: call.metadata,
    address: addressKey(host || peer),
    certificate: () => shownCertificate(call.getAuthContext().sslPeerCertificate),
  };
}
