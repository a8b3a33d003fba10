import type { LookupAddress } from 'node:dns';
import { isIP } from 'node:net';
import type { AddressGuard } from '@boomerang/address-guard';
import type { HostPort } from '@boomerang/domain';

/** How long a resolved address is used, ms. */
const KEPT_MS = 1_000;

/** Finds addresses that the guard lets pass, for sockets that send to an address and not to a name. */
export class Addresses {
  readonly #kept = new Map<string, Promise<LookupAddress>>();

  constructor(
    private readonly guard: AddressGuard,
    private readonly timeoutMs: number,
  ) {}

  /** @throws (as a rejection) AddressRefusedError, or an error when the name can't be resolved in time. */
  of(target: HostPort): Promise<LookupAddress> {
    const key = `${target.host} ${target.port}`;
    const known = this.#kept.get(key);
    if (known) return known;
    const found = this.#find(target);
    this.#kept.set(key, found);
    setTimeout(() => this.#kept.delete(key), KEPT_MS).unref();
    return found;
  }

  async #find({ host, port }: HostPort): Promise<LookupAddress> {
    this.guard.checkLiteral(host, port);
    const family = isIP(host);
    if (family !== 0) return { address: host, family };
    return new Promise((resolve, reject) => {
      const late = new Error(`${host} was not resolved in ${this.timeoutMs} ms`);
      const timer = setTimeout(() => reject(late), this.timeoutMs);
      this.guard.lookupFor(port)(host, {}, (error, address, family) => {
        clearTimeout(timer);
        if (error) reject(error);
        else resolve({ address: address as string, family: family as number });
      });
    });
  }
}
