import type { AddressGuard } from '@boomerang/address-guard';
import type { Caller, DefaultPolicyStore, Session, SessionStore } from '@boomerang/domain';
import type { AuditTrail } from '../audit/audit-trail.js';
import { audited } from '../audit/audited.js';
import type { Credentials, Shown } from '../authentication/certificate-clients.js';
import type { FailedAttempts } from '../authentication/failed-attempts.js';
import { Deadline } from '../deadline.js';
import type { KeyUses } from './key-uses.js';
import type { LiveKeys } from './live-keys.js';
import { type AskedPolicy, openSession } from './open-session.js';
import { refreshSession } from './refresh-session.js';
import { SessionCache } from './session-cache.js';

export interface SessionDependencies {
  readonly clients: Credentials;
  readonly sessions: SessionStore;
  /** Says where callbacks may go. */
  readonly guard: AddressGuard;
  /** @throws BoomerangError `exhausted` while nothing new may be taken. */
  readonly requireRoom: (payloadBytes: number) => void;
  /** Say whether a session's key is still good, and what for. */
  readonly keys: LiveKeys;
  readonly uses: KeyUses;
  readonly attempts: FailedAttempts;
  readonly policies: DefaultPolicyStore;
  readonly audit: Pick<AuditTrail, 'note'>;
}

/** How callers are found where a handshake opens a session. Every method may throw, or reject with, a BoomerangError. */
export interface Sessions {
  /** @param policy called once the key has been found good, with whose it is; may throw. */
  open(shown: Shown, policy: AskedPolicy): Promise<Session>;
  /** Gives a session its whole lifetime again; when it expires now, Unix epoch ms. */
  refresh(sessionId: string): Promise<number>;
  /** Whoever shows the id of a session whose key is still good; in the common case without asking Redis. */
  callerOf(sessionId: string): Caller | Promise<Caller>;
}

/** @param redisTimeoutMs time that one request has for all that it asks of Redis, ms. */
export function createSessions(dependencies: SessionDependencies, redisTimeoutMs: number): Sessions {
  const { sessions, requireRoom, keys } = dependencies;
  const cache = new SessionCache(sessions);

  function liveSession(sessionId: string): Session | Promise<Session> {
    const session = cache.require(sessionId);
    return session instanceof Promise ? session.then((read) => keys.check(read)) : keys.check(session);
  }

  return {
    async open(shown, policy) {
      requireRoom(0);
      const { key, address } = shown;
      return audited(dependencies.audit, { action: 'session.open', address, shown: key }, () =>
        openSession(dependencies, new Deadline(redisTimeoutMs), shown, policy),
      );
    },
    async refresh(sessionId) {
      const deadline = new Deadline(redisTimeoutMs);
      await deadline.reading(async () => liveSession(sessionId));
      return deadline.writing(() => refreshSession(sessions, sessionId));
    },
    callerOf: liveSession,
  };
}
