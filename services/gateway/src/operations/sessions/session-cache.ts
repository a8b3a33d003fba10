import type { Session, SessionStore } from '@boomerang/domain';
import { noSuchSession, requireSessionId } from './no-such-session.js';

/** A session read this long ago is read again in the background, ms. */
const SOFT_AGE_MS = 400;
/** A session read this long ago is not trusted any more: a closed one stops working within a second. */
const HARD_AGE_MS = 900;
const MOST_SESSIONS = 100_000;

interface Entry {
  readonly session: Session;
  readonly readAt: number;
}

/** Finds sessions, in the common case without asking Redis. */
export class SessionCache {
  readonly #entries = new Map<string, Entry>();
  readonly #reading = new Map<string, Promise<Session>>();

  constructor(
    private readonly store: SessionStore,
    private readonly monotonicMs: () => number = () => performance.now(),
  ) {}

  /**
   * The session itself where that is known, since most requests come here.
   *
   * @throws BoomerangError `unauthorized` without an id; rejects with `session_expired` when there is no such session.
   */
  require(sessionId: string): Session | Promise<Session> {
    requireSessionId(sessionId);
    const entry = this.#entries.get(sessionId);
    const age = entry ? this.monotonicMs() - entry.readAt : Number.POSITIVE_INFINITY;
    if (!entry || age > HARD_AGE_MS) return this.#read(sessionId);
    if (age > SOFT_AGE_MS) this.#read(sessionId).catch(() => undefined);
    return entry.session;
  }

  /** One read at a time per session. Its failure reaches those who wait; others go on until the hard age. */
  #read(sessionId: string): Promise<Session> {
    const underWay = this.#reading.get(sessionId);
    if (underWay) return underWay;
    const read = this.#readFromStore(sessionId).finally(() => this.#reading.delete(sessionId));
    this.#reading.set(sessionId, read);
    return read;
  }

  async #readFromStore(sessionId: string): Promise<Session> {
    const readAt = this.monotonicMs();
    const session = await this.store.find(sessionId);
    const known = this.#entries.get(sessionId)?.session;
    this.#entries.delete(sessionId);
    if (!session) throw noSuchSession();
    const kept = known ? { ...session, policy: known.policy } : session;
    this.#entries.set(sessionId, { session: kept, readAt });
    if (this.#entries.size > MOST_SESSIONS) this.#evictOldest();
    return kept;
  }

  #evictOldest(): void {
    for (const sessionId of this.#entries.keys()) {
      this.#entries.delete(sessionId);
      return;
    }
  }
}
