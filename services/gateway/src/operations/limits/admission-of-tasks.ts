import {
  type BoomerangError,
  CLIENT_LIMITS,
  type ClientLimits,
  invalidField,
  type LimitName,
  type LimitStore,
  limitReached,
} from '@boomerang/domain';
import { FreshCache } from '../sessions/fresh-cache.js';
import { RegistrationRates } from './registration-rates.js';
import { TaskCounts } from './task-counts.js';

/** Tasks that a client asks to be taken. */
export interface AskedTasks {
  /** 0 = none is added, but one is changed: that is paced as a registration. */
  readonly count: number;
  /** Of the largest. */
  readonly payloadBytes: number;
  /** 0 = once. */
  readonly repeatIntervalMs: number;
  /** The field that says so. Default `repeatIntervalMs`. */
  readonly recursBy?: 'repeatIntervalMs' | 'cron' | 'metadata.repeat_interval_ms';
}

interface AdmissionOptions {
  readonly store: LimitStore;
  /** The limits of a client that has none of its own. */
  readonly defaults: ClientLimits;
  /** Hears which limit was reached. */
  readonly onReached: (name: LimitName) => void;
  /** Hears of what could not be counted. */
  readonly onError: (error: unknown) => void;
}

/** When a count of tasks is read anew, ms. */
const COUNTED_ANEW_MS = 1_000;

/** Lets tasks in as far as the limits of their client allow. */
export class AdmissionOfTasks {
  readonly #limits: FreshCache<ClientLimits>;
  readonly #rates: RegistrationRates;
  readonly #counts: TaskCounts;

  constructor(private readonly options: AdmissionOptions) {
    const { store, defaults, onError } = options;
    this.#limits = new FreshCache(async (clientId) => ({
      ...defaults,
      ...(await store.overridesOf(clientId)),
    }));
    this.#rates = new RegistrationRates(store, onError);
    this.#counts = new TaskCounts(store);
  }

  /** The limits of a client, at most 900 ms old. */
  limitsOf(clientId: string): ClientLimits | Promise<ClientLimits> {
    const limits = this.#limits.get(clientId);
    return limits instanceof Promise ? limits.then((read) => read ?? this.options.defaults) : limits;
  }

  /** @throws BoomerangError `exhausted` when a limit is reached, `invalid_request` when a task can never fit. */
  async admit(clientId: string, asked: AskedTasks): Promise<void> {
    const known = this.limitsOf(clientId);
    const limits = known instanceof Promise ? await known : known;
    requireFits(asked, limits);
    const room = this.#counts.hasRoom(clientId, asked.count, limits.parkedTasks);
    if (!(room instanceof Promise ? await room : room)) {
      throw this.#reached('parkedTasks', limits, COUNTED_ANEW_MS);
    }
    const waitMs = this.#rates.take(clientId, Math.max(asked.count, 1), limits.registrationsPerSecond);
    if (waitMs > 0) throw this.#reached('registrationsPerSecond', limits, waitMs, 1_000);
    this.#counts.add(clientId, asked.count);
  }

  #reached(name: LimitName, limits: ClientLimits, retryAfterMs: number, windowMs?: number): BoomerangError {
    this.options.onReached(name);
    const window = windowMs === undefined ? {} : { windowMs };
    return limitReached(CLIENT_LIMITS[name].unit, { name, most: limits[name], retryAfterMs, ...window });
  }
}

/** Waiting doesn't help here. */
function requireFits(
  { payloadBytes, repeatIntervalMs, recursBy = 'repeatIntervalMs' }: AskedTasks,
  limits: ClientLimits,
): void {
  const { payloadBytes: most, shortestIntervalMs } = limits;
  if (payloadBytes > most) {
    throw invalidField('payload', `${payloadBytes} bytes`, `at most ${most} bytes for this client`);
  }
  if (repeatIntervalMs !== 0 && repeatIntervalMs < shortestIntervalMs) {
    const problem = `${repeatIntervalMs} is too short`;
    throw invalidField(recursBy, problem, `${shortestIntervalMs} and more for this client`);
  }
}
