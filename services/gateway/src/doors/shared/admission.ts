import type { Socket } from 'node:net';
import type { Refusal } from '../../refusal.js';
import { addressKey } from './address-key.js';
import type { DoorLimits } from './limits.js';
import { tooMany } from './refusals.js';

/** Counts connections, in all and by address, and lets in what the limits leave room for. */
export class Admission {
  readonly #byAddress = new Map<string, number>();
  #count = 0;

  constructor(private readonly limits: DoorLimits) {}

  /** Gives the connection its place until it is closed, or answers why there is none for it. */
  admit(socket: Socket): Refusal | undefined {
    const key = addressKey(socket.remoteAddress ?? '');
    const sameAddress = this.#byAddress.get(key) ?? 0;
    if (sameAddress >= this.limits.maxConnectionsPerAddress) return tooMany(this.limits, 'from one address');
    if (this.#count >= this.limits.maxConnections) return tooMany(this.limits, 'in all');
    this.#count += 1;
    this.#byAddress.set(key, sameAddress + 1);
    socket.once('close', () => this.#release(key));
    return undefined;
  }

  #release(key: string): void {
    this.#count -= 1;
    const left = (this.#byAddress.get(key) ?? 0) - 1;
    if (left > 0) this.#byAddress.set(key, left);
    else this.#byAddress.delete(key);
  }
}
