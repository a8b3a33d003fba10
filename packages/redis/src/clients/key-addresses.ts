import { BlockList, isIP } from 'node:net';
import { invalidField } from '@boomerang/domain';

/** IPv6 addresses are grouped into networks of so many bits before they come here. */
const GROUPED_BITS = 64;

/** @throws BoomerangError `invalid_request` unless every text is a range, or an IPv4 address. */
export function requireAddressRanges(ranges: readonly string[]): void {
  for (const range of ranges) {
    if (subnetOf(range)) continue;
    const allowed = `IPv4 addresses, and ranges such as 192.0.2.0/24 or 2001:db8::/48 (IPv6: /${GROUPED_BITS} at most)`;
    throw invalidField('addresses', `${JSON.stringify(range)} is none`, allowed);
  }
}

/** @param address as a door groups addresses: an IPv4 address, or an IPv6 network as `…::/64`. */
export function isWithin(address: string, ranges: readonly string[]): boolean {
  const [host = ''] = address.split('/');
  const family = familyOf(host);
  if (!family) return false;
  const list = new BlockList();
  for (const range of ranges) {
    const subnet = subnetOf(range);
    // Node counts every IPv4 address to ::/0.
    if (subnet?.family === family) list.addSubnet(subnet.host, subnet.bits, subnet.family);
  }
  return list.check(host, family);
}

function subnetOf(range: string) {
  const [host = '', bits, ...rest] = range.split('/');
  const family = familyOf(host);
  if (!family || rest.length > 0) return undefined;
  const most = family === 'ipv4' ? 32 : GROUPED_BITS;
  if (bits === undefined) return family === 'ipv4' ? { host, bits: most, family } : undefined;
  if (!/^\d{1,3}$/.test(bits) || Number(bits) > most) return undefined;
  return { host, bits: Number(bits), family };
}

function familyOf(host: string): 'ipv4' | 'ipv6' | undefined {
  const version = isIP(host);
  if (version === 0) return undefined;
  return version === 4 ? 'ipv4' : 'ipv6';
}
