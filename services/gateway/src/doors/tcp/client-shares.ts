import { CLIENT_LIMITS, type ClientLimits, type LimitName, limitReached } from '@boomerang/domain';
import { ClientShare } from './client-share.js';

/** After a pause a client may open as many connections at once as its rate allows in this time, s. */
const ARRIVAL_BURST_S = 5;
/** Longest delay of a connection's first answer, ms: clients would give up if it were longer. */
const MOST_WAIT_MS = 5_000;
/** How long a refused client is told to wait, ms: one of its connections may have ended by then. */
const ASK_AGAIN_MS = 1_000;

export interface ClientSharesDependencies {
  readonly limitsOf: (clientId: string) => ClientLimits | Promise<ClientLimits>;
  readonly onReached: (limit: LimitName) => void;
}

interface Arrivals {
  readonly share: ClientShare;
  /** When all connections so far would have come if they had come at the limit's rate, ms (as in GCRA). */
  paidUntil: number;
  expiry: NodeJS.Timeout | undefined;
}

/** A connection's place among those of its client. */
export interface Place {
  readonly share: ClientShare;
  /** Delay of the first answer, ms, so that a client which opens and closes connections can't use up the gateway. */
  readonly waitMs: number;
  leave(): void;
}

/** Counts the connections of each client at this gateway, and how fast new ones come. */
export class ClientShares {
  readonly #clients = new Map<string, Arrivals>();

  constructor(
    private readonly deps: ClientSharesDependencies,
    private readonly monotonicMs: () => number = () => performance.now(),
  ) {}

  /** @throws BoomerangError `exhausted` when the client has as many connections as it may. */
  async enter(clientId: string): Promise<Place> {
    const limits = await this.deps.limitsOf(clientId);
    const client = this.#clientOf(clientId);
    if (client.share.connections >= limits.connections) throw this.#tooMany(limits.connections);
    client.share.connections += 1;
    let left = false;
    return {
      share: client.share,
      waitMs: this.#waitOf(client, limits.connectionsPerSecond),
      leave: () => {
        if (left) return;
        left = true;
        client.share.connections -= 1;
        this.#forgetWhenIdle(clientId, client);
      },
    };
  }

  #clientOf(clientId: string): Arrivals {
    const known = this.#clients.get(clientId);
    if (known) return known;
    const client = { share: new ClientShare(), paidUntil: 0, expiry: undefined };
    this.#clients.set(clientId, client);
    return client;
  }

  #waitOf(client: Arrivals, perSecond: number): number {
    const now = this.monotonicMs();
    const most = now + ARRIVAL_BURST_S * 1_000 + MOST_WAIT_MS;
    client.paidUntil = Math.min(most, Math.max(client.paidUntil, now) + 1_000 / perSecond);
    const waitMs = Math.max(0, client.paidUntil - now - ARRIVAL_BURST_S * 1_000);
    if (waitMs > 0) this.deps.onReached('connectionsPerSecond');
    return waitMs;
  }

  #tooMany(most: number): Error {
    const name = 'connections';
    this.deps.onReached(name);
    return limitReached(CLIENT_LIMITS[name].unit, { name, most, retryAfterMs: ASK_AGAIN_MS });
  }

  /** Forgets an idle client once its rate has recovered: forgotten earlier, it could open as many connections again. */
  #forgetWhenIdle(clientId: string, client: Arrivals): void {
    if (client.share.connections > 0 || client.expiry) return;
    const dueInMs = Math.max(0, client.paidUntil - this.monotonicMs());
    client.expiry = setTimeout(() => {
      client.expiry = undefined;
      if (client.share.connections > 0) return;
      if (client.paidUntil > this.monotonicMs()) this.#forgetWhenIdle(clientId, client);
      else this.#clients.delete(clientId);
    }, dueInMs).unref();
  }
}
