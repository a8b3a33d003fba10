import { lookup as dnsLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Range = [Address, number];

/** An endpoint resolves to an address that callbacks may not reach. */
export class AddressRefusedError extends Error {
  override readonly name = 'AddressRefusedError';
}

const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3') as [ipaddr.IPv6, number];

/** Lets callbacks reach public addresses, and others only where a range says so. */
export class AddressGuard {
  readonly #allowed: readonly Range[];

  /** @param allowed ranges in CIDR notation, or single addresses. @throws for what is neither. */
  constructor(allowed: readonly string[]) {
    this.#allowed = allowed.map(requireRange);
  }

  /** @throws AddressRefusedError unless `address` (an IP address as text) may be reached. */
  check(address: string): void {
    const bare = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
    if (!ipaddr.isValid(bare)) throw new AddressRefusedError(`${JSON.stringify(address)} is no address`);
    const parsed = ipaddr.process(bare);
    if (this.#allowed.some((range) => contains(range, parsed))) return;
    if (!isPublic(parsed))
      throw new AddressRefusedError(`callbacks to ${parsed} (${parsed.range()}) are not allowed`);
  }

  /** Checks `host` if it is an address literal; names are checked when they are resolved. */
  checkLiteral(host: string): void {
    const bare = host.replace(/^\[|\]$/g, '');
    if (isIP(bare)) this.check(bare);
  }

  /** `dns.lookup` that fails if any of the name's addresses may not be reached. */
  readonly lookup: LookupFunction = (hostname, options, callback) => {
    dnsLookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '', 0);
      try {
        for (const { address } of addresses) this.check(address);
      } catch (refused) {
        return callback(refused as Error, '', 0);
      }
      if (options.all) return callback(null, addresses);
      const [first] = addresses;
      return first ? callback(null, first.address, first.family) : callback(new Error('no address'), '', 0);
    });
  };
}

/** Whether `text` is a range in CIDR notation or a single address. */
export function isAddressRange(text: string): boolean {
  return parseRange(text) !== undefined;
}

function parseRange(text: string): Range | undefined {
  const [base = '', bits] = text.split('/');
  const family = isIP(base);
  const range = bits === undefined ? `${base}/${family === 4 ? 32 : 128}` : text;
  return family !== 0 && ipaddr.isValidCIDR(range) ? ipaddr.parseCIDR(range) : undefined;
}

function requireRange(text: string): Range {
  const range = parseRange(text);
  if (range) return range;
  throw new Error(`${JSON.stringify(text)} is neither a range in CIDR notation nor an address`);
}

function contains([base, bits]: Range, address: Address): boolean {
  return base.kind() === address.kind() && address.match(base as ipaddr.IPv6, bits);
}

/** IPv6 by list, as not everything that isn't special by name is public. */
function isPublic(address: Address): boolean {
  if (address.range() !== 'unicast') return false;
  return address.kind() === 'ipv4' || address.match(...GLOBAL_UNICAST);
}
