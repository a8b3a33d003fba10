import { setTimeout as sleep } from 'node:timers/promises';
import type { SigningSecrets } from '@boomerang/domain';
import type { WorkerLog } from '../log.js';

type Keys = readonly Uint8Array[];

/** Keys younger than this are used without loading them again, ms. */
const FRESH_MS = 10_000;
/** Keys younger than this are used while they are loaded again; with older ones callbacks wait for the load, ms. */
const STALE_MS = 20_000;
/** Least pause after a load that failed, ms. */
const TRY_AGAIN_MS = 1_000;
const LOAD_LIMIT_MS = 2_000;
/** Clients whose keys are kept. Beyond that, the keys that were loaded longest ago are dropped first. */
const MOST_CLIENTS = 10_000;

interface Entry {
  readonly keys: Keys;
  /** Monotonic ms. */
  loadedAt: number;
}

/**
 * The keys that clients' callbacks are signed with, cached. A change takes effect within 20 seconds. While Redis is out of
 * reach, cached keys stay in use; a client whose keys were never loaded is not treated as a client without keys.
 */
export class SigningKeys {
  readonly #known = new Map<string, Entry>();
  readonly #loading = new Map<string, Promise<Keys | undefined>>();

  constructor(
    private readonly secrets: SigningSecrets,
    private readonly log: Pick<WorkerLog, 'signingKeysUnknown'>,
  ) {}

  /** Empty: the client's callbacks are not signed. Undefined: not known now. A promise only if Redis has to be asked. */
  of(clientId: string): Keys | Promise<Keys | undefined> {
    const entry = this.#known.get(clientId);
    const ageMs = entry ? performance.now() - entry.loadedAt : Number.POSITIVE_INFINITY;
    if (entry && ageMs < FRESH_MS) return entry.keys;
    const loading = this.#loading.get(clientId) ?? this.#load(clientId);
    return entry && ageMs < STALE_MS ? entry.keys : loading;
  }

  #load(clientId: string): Promise<Keys | undefined> {
    const loading = this.#read(clientId)
      .catch((error: unknown) => {
        this.log.signingKeysUnknown(clientId, error);
        const known = this.#known.get(clientId);
        if (known) known.loadedAt = performance.now() - FRESH_MS + TRY_AGAIN_MS;
        return known?.keys;
      })
      .finally(() => this.#loading.delete(clientId));
    this.#loading.set(clientId, loading);
    return loading;
  }

  async #read(clientId: string): Promise<Keys> {
    const inTime = new AbortController();
    const limit = sleep(LOAD_LIMIT_MS, undefined, { signal: inTime.signal }).then(() => {
      throw new Error('no answer from Redis in time');
    });
    const keys = await Promise.race([this.secrets.keysOf(clientId), limit]).finally(() => inTime.abort());
    this.#known.delete(clientId);
    this.#known.set(clientId, { keys, loadedAt: performance.now() });
    const [oldest] = this.#known.keys();
    if (this.#known.size > MOST_CLIENTS && oldest !== undefined) this.#known.delete(oldest);
    return keys;
  }
}
