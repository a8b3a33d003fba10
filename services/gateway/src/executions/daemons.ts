import type { AssignmentStore, DaemonRegistry } from '@boomerang/domain';
import { BoomerangError } from '@boomerang/domain';
import type { GatewayLog } from '../log.js';
import type { GatewayMetrics } from '../metrics.js';
import type { DaemonSession } from './daemon-session.js';

/** How often what is ready is looked for even if nobody told of it, ms: a message may be lost. */
const LOOK_EVERY_MS = 1_000;
/** How often a daemon's entry and what it holds are read anew, ms. */
const REFRESH_EVERY_MS = 10_000;

interface DaemonsDependencies {
  readonly assignments: AssignmentStore;
  readonly registry: DaemonRegistry;
  readonly metrics: GatewayMetrics;
  readonly log: GatewayLog;
}

/** The daemons that are connected to this gateway: offers them what is ready, and tells them what is cancelled. */
export class Daemons {
  readonly #sessions = new Set<DaemonSession>();
  readonly #endings: (() => void)[] = [];
  #looks = 0;

  constructor(private readonly deps: DaemonsDependencies) {}

  start(): void {
    this.#tellMetrics();
    const { assignments, registry } = this.deps;
    const look = setInterval(() => this.#look(), LOOK_EVERY_MS);
    const refresh = setInterval(() => this.#refreshAll(), REFRESH_EVERY_MS);
    this.#endings.push(
      () => clearInterval(look),
      () => clearInterval(refresh),
      assignments.onReady((clientId, type) =>
        this.#offerAll((session) => session.clientId === clientId && session.takes(type)),
      ),
      registry.onEntered((daemon, streamId) => {
        for (const session of this.#sessions) {
          if (session.isReplacedBy(daemon, streamId)) session.end(replaced());
        }
      }),
      assignments.onCancelled((taskId, reason) => {
        for (const session of this.#sessions) session.cancel(taskId, reason);
      }),
    );
  }

  add(session: DaemonSession): void {
    this.#sessions.add(session);
    this.#tellMetrics();
    session.offerSoon();
  }

  async remove(session: DaemonSession): Promise<void> {
    if (!this.#sessions.delete(session)) return;
    this.#tellMetrics();
    await session.close().catch((error: unknown) => this.deps.log.assignmentFailed(session.daemonId, error));
  }

  close(): void {
    for (const end of this.#endings.splice(0)) end();
    const going = new BoomerangError('unavailable', 'the gateway is stopping; connect again, to any gateway');
    for (const session of this.#sessions) session.end(going);
  }

  #tellMetrics(): void {
    this.deps.metrics.daemons([...this.#sessions].map(({ version }) => version));
  }

  /**
   * Of the daemons of a client that take the same, one at a time looks for what is ready, and the next one if that has no room
   * left: so a thousand of them that wait cost no more than one.
   */
  #look(): void {
    const alike = new Map<string, DaemonSession[]>();
    for (const session of this.#sessions) {
      const what = `${session.clientId} ${session.types}`;
      const others = alike.get(what);
      if (others) others.push(session);
      else alike.set(what, [session]);
    }
    this.#looks += 1;
    for (const group of alike.values()) void this.#lookFor(group);
  }

  async #lookFor(group: readonly DaemonSession[]): Promise<void> {
    const withRoom = group.filter(({ freeSlots }) => freeSlots > 0);
    // Each one's turn comes: it may have refused what another one takes.
    const first = this.#looks % Math.max(1, withRoom.length);
    for (const session of [...withRoom.slice(first), ...withRoom.slice(0, first)]) {
      try {
        await session.offerReady();
      } catch (error) {
        this.deps.log.assignmentFailed(session.daemonId, error);
        return;
      }
      if (session.freeSlots > 0) return;
    }
  }

  #offerAll(which: (session: DaemonSession) => boolean): void {
    for (const session of this.#sessions) {
      if (which(session)) session.offerSoon();
    }
  }

  #refreshAll(): void {
    for (const session of this.#sessions) {
      session.refresh().then(
        (kept) => kept || session.end(replaced()),
        (error: unknown) => this.deps.log.assignmentFailed(session.daemonId, error),
      );
    }
  }
}

function replaced(): BoomerangError {
  return new BoomerangError('conflict', 'a newer stream of this daemon took its place');
}
