import type { AddressGuard } from '@boomerang/address-guard';
import type { Caller, ClientStore, DeliveryPolicy, Session, SessionStore } from '@boomerang/domain';
import { Deadline } from '../deadline.js';
import { openSession } from './open-session.js';
import { refreshSession } from './refresh-session.js';
import { SessionCache } from './session-cache.js';

export interface SessionDependencies {
  readonly clients: ClientStore;
  readonly sessions: SessionStore;
  /** Says where callbacks may go. */
  readonly guard: AddressGuard;
  /** @throws BoomerangError `exhausted` while nothing new may be taken. */
  readonly requireRoom: (payloadBytes: number) => void;
}

/** How callers are found where a handshake opens a session. Every method may throw, or reject with, a BoomerangError. */
export interface Sessions {
  /** @param policy called once the key has been found good; may throw. */
  open(key: string, policy: () => DeliveryPolicy): Promise<Session>;
  /** Gives a session its whole lifetime again; when it expires now, Unix epoch ms. */
  refresh(sessionId: string): Promise<number>;
  /** Whoever shows the id of a session; in the common case without asking Redis. */
  callerOf(sessionId: string): Caller | Promise<Caller>;
}

/** @param redisTimeoutMs time that one request has for all that it asks of Redis, ms. */
export function createSessions(dependencies: SessionDependencies, redisTimeoutMs: number): Sessions {
  const { sessions, requireRoom } = dependencies;
  const cache = new SessionCache(sessions);
  return {
    async open(key, policy) {
      requireRoom(0);
      return openSession(dependencies, new Deadline(redisTimeoutMs), key, policy);
    },
    refresh: (sessionId) => new Deadline(redisTimeoutMs).writing(() => refreshSession(sessions, sessionId)),
    callerOf: (sessionId) => cache.require(sessionId),
  };
}
