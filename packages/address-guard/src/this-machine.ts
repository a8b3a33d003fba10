import { networkInterfaces } from 'node:os';
import { type Address, parseAddress } from './address-range.js';

/** Whether an address means this machine, whichever one it is. */
export function isLoopback(address: Address): boolean {
  return address.range() === 'loopback' || address.range() === 'unspecified';
}

/** Whether what listens here on all addresses is reached by this one. */
export function isThisMachine(address: Address): boolean {
  if (isLoopback(address)) return true;
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .some((own) => String(parseAddress(own.address)) === String(address));
}

/** Names that mean this machine whatever a resolver says: RFC 6761. */
export function isLocalName(host: string): boolean {
  return /^(.*\.)?localhost$/i.test(host);
}
