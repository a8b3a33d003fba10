import type { GiveUpReason } from '../src/endpoints/endpoint.js';
import type { EndpointHealth } from '../src/endpoints/endpoint-health.js';
import { EndpointLimits } from '../src/endpoints/endpoint-limits.js';
import type { EndedAttempt } from '../src/endpoints/endpoint-slots.js';

type End = (attempt: EndedAttempt) => void;

/** Endpoint limits with occurrences and attempts that a test moves by hand. An endpoint is `[client@]origin[/path]`. */
export class ScriptedLimits {
  /** What was called, in this order: `name starts`, `name gives up[: breaker]`. */
  readonly log: string[] = [];
  readonly breakers: string[] = [];
  readonly givenUp: { readonly endpoint: string; readonly reason: GiveUpReason; readonly inMs: number }[] =
    [];
  /** Delivery slots of the worker that are not in use, if other than those that its occurrences leave. */
  freeSlots: number | undefined;
  readonly #limits: EndpointLimits;
  readonly #begun = new Map<string, End[]>();
  #held = 0;

  constructor({ endpointSlots, workerSlots = 1_000 }: { endpointSlots: number; workerSlots?: number }) {
    this.#limits = new EndpointLimits({
      workerSlots,
      endpointSlots,
      freeSlots: () => this.freeSlots ?? workerSlots - this.#held,
      onBreaker: ({ clientId, origin }, to) => this.breakers.push(`${clientId}@${origin} ${to}`),
    });
  }

  /** Occurrences that wait, and attempts that have not ended. */
  get held(): number {
    return this.#held;
  }

  enter(endpoint = 'a', name = endpoint): void {
    const [, clientId = 'shop', origin = '', path = ''] = /^(?:(.*)@)?([^/]*)(.*)$/.exec(endpoint) ?? [];
    this.#held++;
    this.#limits.enter(
      { clientId, origin, path },
      (end) => {
        this.#begunAt(endpoint).push(end);
        this.log.push(`${name} starts`);
      },
      (reason, inMs) => {
        this.#held--;
        this.givenUp.push({ endpoint, reason, inMs });
        this.log.push(`${name} gives up${reason === 'breaker_open' ? ': breaker' : ''}`);
      },
    );
  }

  enterMany(count: number, endpoint?: string, name?: string): void {
    for (let i = 0; i < count; i++) this.enter(endpoint, name);
  }

  /** The attempt that began first at the endpoint is over; it took `durationMs`. */
  leave(durationMs = 0, health: EndpointHealth = 'up', endpoint = 'a'): void {
    const end = this.#begunAt(endpoint).shift();
    if (!end) throw new Error(`nothing is in flight to ${endpoint}`);
    this.#held--;
    end({ startedAt: performance.now() - durationMs, durationMs, health });
  }

  leaveMany(count: number, durationMs?: number, health?: EndpointHealth, endpoint?: string): void {
    for (let i = 0; i < count; i++) this.leave(durationMs, health, endpoint);
  }

  /** Attempts in flight to all endpoints whose names begin with `prefix`. */
  inFlight(prefix = ''): number {
    return this.#sum((endpoint) => endpoint.startsWith(prefix));
  }

  /** Attempts in flight of all clients. */
  inFlightAt(origin: string): number {
    return this.#sum((endpoint) => endpoint.includes(`@${origin}/`));
  }

  /** Endpoints with attempts in flight. */
  busy(): string[] {
    return [...this.#begun].filter(([, ends]) => ends.length > 0).map(([endpoint]) => endpoint);
  }

  giveUpWaiting(): void {
    this.#limits.giveUpWaiting();
  }

  #sum(counts: (endpoint: string) => boolean): number {
    const ends = [...this.#begun].filter(([endpoint]) => counts(endpoint)).map(([, ends]) => ends.length);
    return ends.reduce((sum, count) => sum + count, 0);
  }

  #begunAt(endpoint: string): End[] {
    const ends = this.#begun.get(endpoint) ?? [];
    this.#begun.set(endpoint, ends);
    return ends;
  }
}
