import type { HostPort } from '@boomerang/domain';
import { insideClass } from './address-class.js';
import { type Address, contains, parseAddress, type Range } from './address-range.js';
import { requireDenyRule } from './deny-rule.js';
import { type Resolve, resolveAll } from './resolve.js';
import { isLoopback, isThisMachine } from './this-machine.js';

interface DeniedEndpoint extends HostPort {
  /** What the host was last known to have. */
  addresses: readonly Address[];
}

/** What callbacks never reach, even where a range allows it: our own Redis and ports, and what an operator adds. */
export class DeniedEndpoints {
  readonly #ranges: Range[] = [];
  readonly #ports = new Set<number>();
  readonly #endpoints: DeniedEndpoint[] = [];

  /** @throws for what is no rule. */
  constructor(rules: readonly string[]) {
    for (const rule of rules.map(requireDenyRule)) {
      if (rule.kind === 'range') this.#ranges.push(rule.range);
      else if (rule.kind === 'port') this.#ports.add(rule.port);
      else this.#endpoints.push({ ...rule, host: canonical(rule.host), addresses: literal(rule.host) });
    }
  }

  /** Looks again which addresses the names have; one that has no answer keeps those that it had. */
  async refresh(resolve: Resolve): Promise<void> {
    const names = this.#endpoints.filter(({ host }) => literal(host).length === 0);
    const look = async (endpoint: DeniedEndpoint) => {
      const found = await resolveAll(resolve, endpoint.host).catch(() => undefined);
      if (found) endpoint.addresses = found.flatMap(literal);
    };
    await Promise.all(names.map(look));
  }

  /** Whether some address is denied at this port only. */
  concerns(port: number): boolean {
    return this.#ports.has(port) || this.#endpoints.some((endpoint) => endpoint.port === port);
  }

  hasName(host: string, port: number): boolean {
    const wanted = canonical(host);
    return this.#endpoints.some((endpoint) => endpoint.port === port && endpoint.host === wanted);
  }

  /** Whether an address is denied: for good, or only now, as names and machines get other addresses. */
  denies(address: Address, port: number | undefined): 'for good' | 'now' | undefined {
    if (this.#ranges.some((range) => contains(range, address))) return 'for good';
    if (port === undefined) return undefined;
    if (this.#ports.has(port) && insideClass(address)) return 'for good';
    const denied = this.#endpoints.filter((endpoint) => endpoint.port === port);
    if (denied.some(({ host }) => literal(host).some((other) => same(other, address)))) return 'for good';
    const now = denied.some(({ addresses }) => addresses.some((other) => sameNow(other, address)));
    return now ? 'now' : undefined;
  }
}

function same(denied: Address, address: Address): boolean {
  return String(denied) === String(address) || (isLoopback(denied) && isLoopback(address));
}

/** All addresses of this machine are one, since what listens on all of them is reached by each. */
function sameNow(denied: Address, address: Address): boolean {
  return String(denied) === String(address) || (isThisMachine(denied) && isThisMachine(address));
}

function canonical(host: string): string {
  return host.toLowerCase().replace(/\.$/, '');
}

function literal(host: string): Address[] {
  const address = parseAddress(host);
  return address ? [address] : [];
}
