import type { Metadata } from '@grpc/grpc-js';
import { addressKey } from '../shared/address-key.js';

/** Who makes a call, as far as the call itself shows. */
export interface Asker {
  readonly metadata: Metadata;
  /** The peer's address as `addressKey` groups addresses. */
  readonly address: string;
}

export function askerOf(call: { readonly metadata: Metadata; getPeer(): string }): Asker {
  const peer = call.getPeer();
  const host = peer.slice(0, Math.max(0, peer.lastIndexOf(':'))).replace(/^\[|\]$/g, '');
  return { metadata: call.metadata, address: addressKey(host || peer) };
}
