import ipaddr from 'ipaddr.js';
import { type Address, contains, requireRange } from './address-range.js';

const GLOBAL_UNICAST = requireRange('2000::/3');
const SIX_TO_FOUR = requireRange('2002::/16');
const TEREDO = requireRange('2001::/32');

/** IPv4 address in the last 32 bits: compatible, translated, NAT64. (Parsing undoes mapped ones.) */
const ENDS_IN_IPV4 = ['::/96', '::ffff:0:0:0/96', '64:ff9b::/96'].map(requireRange);

/**
 * What keeps an address from being public, as a word; undefined if it is. IPv6 goes by list, as not everything that
 * isn't special by name is public.
 */
export function insideClass(address: Address): string | undefined {
  const range = address.range();
  if (range !== 'unicast') return range;
  return address.kind() === 'ipv4' || contains(GLOBAL_UNICAST, address) ? undefined : 'not global';
}

/** The IPv4 addresses that packets to an IPv6 address may end at. */
export function embeddedAddresses(address: Address): Address[] {
  if (!(address instanceof ipaddr.IPv6) || ['loopback', 'unspecified'].includes(address.range())) return [];
  const bytes = address.toByteArray();
  if (contains(SIX_TO_FOUR, address)) return [ipv4(bytes.slice(2, 6))];
  if (contains(TEREDO, address)) {
    return [ipv4(bytes.slice(4, 8)), ipv4(bytes.slice(12).map((byte) => byte ^ 0xff))];
  }
  const last = ipv4(bytes.slice(12));
  return isIsatap(bytes) || ENDS_IN_IPV4.some((range) => contains(range, address)) ? [last] : [];
}

/** RFC 5214: the interface identifier is 00-00-5E-FE or 02-00-5E-FE and the IPv4 address. */
function isIsatap(bytes: readonly number[]): boolean {
  const [first, ...rest] = bytes.slice(8, 12);
  return (first === 0 || first === 2) && rest.join() === '0,94,254';
}

function ipv4(octets: number[]): Address {
  return new ipaddr.IPv4(octets);
}
