import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

export type Address = ipaddr.IPv4 | ipaddr.IPv6;
export type Range = readonly [base: Address, bits: number];

/** An address as text, in brackets or with a scope or not; an IPv4 address mapped to IPv6 is that IPv4 address. */
export function parseAddress(text: string): Address | undefined {
  const bare = text.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  return isIP(bare) ? ipaddr.process(bare) : undefined;
}

/** A range in CIDR notation, or a single address. */
export function parseRange(text: string): Range | undefined {
  const [base = '', bits] = text.split('/');
  const family = isIP(base);
  const range = bits === undefined ? `${base}/${family === 4 ? 32 : 128}` : text;
  return family !== 0 && ipaddr.isValidCIDR(range) ? ipaddr.parseCIDR(range) : undefined;
}

/** Whether `text` is a range in CIDR notation or a single address. */
export function isAddressRange(text: string): boolean {
  return parseRange(text) !== undefined;
}

/** @throws for what `isAddressRange` is false for. */
export function requireRange(text: string): Range {
  const range = parseRange(text);
  if (range) return range;
  throw new Error(`${JSON.stringify(text)} is neither a range in CIDR notation nor an address`);
}

export function contains([base, bits]: Range, address: Address): boolean {
  return base.kind() === address.kind() && address.match(base as ipaddr.IPv6, bits);
}
