import { lookup as dnsLookup } from 'node:dns';
import { isIP, type LookupFunction, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HostPort } from '@boomerang/domain';
import { embeddedAddresses, insideClass } from './address-class.js';
import { type Address, contains, parseAddress, type Range, requireRange } from './address-range.js';
import { AddressRefusedError, DENIED } from './address-refused-error.js';
import { DeniedEndpoints } from './denied-endpoints.js';
import { type Resolve, resolveAll } from './resolve.js';
import { isLocalName } from './this-machine.js';

export interface AddressGuardOptions {
  /** Ranges, addresses, `host:port` or `*:port` that stay closed whatever is allowed. */
  readonly deny?: readonly string[];
  /** Default `dns.lookup`. */
  readonly resolve?: Resolve;
}

const LOOK_AGAIN_MS = 30_000;

/**
 * Lets callbacks reach public addresses, and others only where a range says so. Who connects asks three times: for the
 * host before anything else (`checkLiteral`), for what a name resolves to (`lookupFor`), and for the address that was
 * dialled (`check`).
 */
export class AddressGuard {
  readonly #allowed: readonly Range[];
  readonly #denied: DeniedEndpoints;
  readonly #resolve: Resolve;
  readonly #lookups = new Map<number, LookupFunction>();
  readonly #lookupForOthers = this.#lookup(undefined);
  #looking: NodeJS.Timeout | undefined;

  /** @param allowed ranges in CIDR notation, or single addresses. @throws for what is neither. */
  constructor(allowed: readonly string[], { deny = [], resolve = dnsLookup }: AddressGuardOptions = {}) {
    this.#allowed = allowed.map(requireRange);
    this.#denied = new DeniedEndpoints(deny);
    this.#resolve = resolve;
  }

  /** Learns which addresses the denied names have, and keeps track of them until `close`. */
  async start(): Promise<void> {
    const look = () => this.#denied.refresh(this.#resolve);
    await look();
    this.#looking = setInterval(() => void look(), LOOK_AGAIN_MS).unref();
  }

  close(): void {
    clearInterval(this.#looking);
  }

  /** @throws AddressRefusedError unless `address` (an IP address as text) may be reached at `port`. */
  check(address: string, port: number): void {
    const parsed = parseAddress(address);
    if (!parsed) throw new AddressRefusedError(JSON.stringify(address), 'no address', false);
    this.#require(parsed, port, String(parsed), true);
  }

  /**
   * Checks the address that a socket was connected to when `host` was dialled.
   *
   * @throws AddressRefusedError, or an error with the code ECONNRESET if the socket has no address any more: the connection
   * was reset between the moment at which it was made and the one at which this process was told.
   */
  checkDialled({ host, port }: HostPort, { remoteAddress }: Pick<Socket, 'remoteAddress'>): void {
    if (remoteAddress === undefined) throw resetAtOnce();
    this.#requireAll([remoteAddress], port, host, false);
  }

  /** Checks all that can be told of a host without resolving it: an address, or a name that is refused as such. */
  checkLiteral(host: string, port: number): void {
    const bare = host.replace(/^\[|\]$/g, '');
    if (isIP(bare)) this.check(bare, port);
    else if (isLocalName(bare.replace(/\.$/, ''))) this.#requireAll(['127.0.0.1'], port, host, true);
    else if (this.#denied.hasName(bare, port)) throw new AddressRefusedError(host, DENIED, true);
  }

  /**
   * Checks a host and every address that it has now.
   *
   * @param limitMs a name that isn't resolved by then passes, as does one that is unknown: dialling checks again.
   */
  async checkHost(host: string, port: number, limitMs: number): Promise<void> {
    this.checkLiteral(host, port);
    if (isIP(host)) return;
    const given = new AbortController();
    const found = resolveAll(this.#resolve, host).catch(() => []);
    const late = sleep(limitMs, [], { signal: given.signal }).catch(() => []);
    const addresses = await Promise.race([found, late]).finally(() => given.abort());
    this.#requireAll(addresses, port, host, false);
  }

  /** `dns.lookup` that fails if any of the name's addresses may not be reached at `port`; few are different ones. */
  lookupFor(port: number): LookupFunction {
    if (!this.#denied.concerns(port)) return this.#lookupForOthers;
    const lookup = this.#lookups.get(port) ?? this.#lookup(port);
    this.#lookups.set(port, lookup);
    return lookup;
  }

  #lookup(port: number | undefined): LookupFunction {
    return (hostname, options, callback) => {
      this.#resolve(hostname, { ...options, all: true }, (error, addresses) => {
        if (error) return callback(error, '', 0);
        const [first] = addresses;
        try {
          if (!first) throw new Error(`${hostname} has no address`);
          this.#requireAll(
            addresses.map(({ address }) => address),
            port,
            hostname,
            false,
          );
        } catch (refused) {
          return callback(refused as Error, '', 0);
        }
        return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
      });
    };
  }

  /** @param fixed whether what was asked for has these addresses at any time. */
  #requireAll(addresses: readonly string[], port: number | undefined, asked: string, fixed: boolean): void {
    for (const address of addresses) {
      const parsed = parseAddress(address);
      if (!parsed) throw new AddressRefusedError(asked, 'no address', false);
      this.#require(parsed, port, asked, fixed);
    }
  }

  #require(address: Address, port: number | undefined, asked: string, fixed: boolean): void {
    for (const end of [address, ...embeddedAddresses(address)]) {
      const denied = this.#denied.denies(end, port);
      if (denied) throw new AddressRefusedError(asked, DENIED, fixed && denied === 'for good');
      const why = insideClass(end);
      if (why && !this.#allowed.some((range) => contains(range, end)))
        throw new AddressRefusedError(asked, why, fixed);
    }
  }
}

function resetAtOnce(): Error {
  const error = new Error('the connection was reset as soon as it was made');
  return Object.assign(error, { code: 'ECONNRESET' });
}
