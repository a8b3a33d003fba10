import type { Session, SessionStore } from '@boomerang/domain';
import { FreshCache } from './fresh-cache.js';
import { noSuchSession, requireSessionId } from './no-such-session.js';

/** Finds sessions, in the common case without asking Redis. */
export class SessionCache {
  readonly #sessions: FreshCache<Session>;

  constructor(store: SessionStore, monotonicMs?: () => number) {
    this.#sessions = new FreshCache(async (sessionId, before) => {
      const session = await store.find(sessionId);
      // The same object as before, for registrations are put together by it.
      return session && before ? { ...session, policy: before.policy } : session;
    }, monotonicMs);
  }

  /**
   * The session itself where that is known, since most requests come here.
   *
   * @throws BoomerangError `unauthorized` without an id; rejects with `session_expired` when there is no such session.
   */
  require(sessionId: string): Session | Promise<Session> {
    requireSessionId(sessionId);
    const session = this.#sessions.get(sessionId);
    return session instanceof Promise ? session.then(orNoSuchSession) : session;
  }
}

function orNoSuchSession(session: Session | undefined): Session {
  if (session) return session;
  throw noSuchSession();
}
