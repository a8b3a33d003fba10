import { randomUUID } from 'node:crypto';
import {
  type AuthenticatedKey,
  BoomerangError,
  DEFAULT_PERMISSIONS,
  type DeliveryPolicy,
  type Session,
  type SessionStore,
} from '@boomerang/domain';
import type { RedisConnection } from '../connection/connection.js';
import { fromRedisError } from '../connection/redis-error.js';
import { decodeWholePolicy, encodePolicy } from '../layout/policy-codec.js';
import { globalKeys } from '../partitions/keys.js';

interface StoredSession {
  readonly clientId: string;
  readonly policy: string;
  /** Absent in a session that an older release opened. */
  readonly keyId?: string;
}

/** Sessions in Redis, gone `ttlMs` after they were opened or last refreshed. */
export function createSessionStore(redis: RedisConnection, ttlMs: number): SessionStore {
  return {
    async open({ clientId, keyId, permissions }: AuthenticatedKey, policy: DeliveryPolicy): Promise<Session> {
      const sessionId = randomUUID();
      const stored: StoredSession = { clientId, policy: encodePolicy(policy).json, keyId };
      const key = globalKeys.session(sessionId);
      const [, expiresAtMs] = await together(
        redis.pipeline().set(key, JSON.stringify(stored), 'PX', ttlMs).pexpiretime(key),
      );
      return { sessionId, clientId, keyId, permissions, policy, expiresAtMs: Number(expiresAtMs) };
    },

    async find(sessionId: string): Promise<Session | undefined> {
      const key = globalKeys.session(sessionId);
      const [text, expiresAtMs] = await together(redis.pipeline().get(key).pexpiretime(key));
      if (typeof text !== 'string') return undefined;
      const { clientId, policy, keyId } = JSON.parse(text) as StoredSession;
      return {
        sessionId,
        clientId,
        keyId,
        permissions: DEFAULT_PERMISSIONS,
        policy: readPolicy(policy),
        expiresAtMs: Number(expiresAtMs),
      };
    },

    async refresh(sessionId: string): Promise<number | undefined> {
      const key = globalKeys.session(sessionId);
      const [refreshed, expiresAtMs] = await together(redis.pipeline().pexpire(key, ttlMs).pexpiretime(key));
      return refreshed === 1 ? Number(expiresAtMs) : undefined;
    },
  };
}

function readPolicy(json: string): DeliveryPolicy {
  try {
    return decodeWholePolicy(json);
  } catch (cause) {
    const problem = 'the session was opened by a newer release than this gateway';
    throw new BoomerangError('unavailable', problem, { cause });
  }
}

interface Commands {
  exec(): Promise<[error: Error | null, result: unknown][] | null>;
}

async function together(commands: Commands): Promise<unknown[]> {
  try {
    const replies = (await commands.exec()) ?? [];
    return replies.map(([error, result]) => {
      if (error) throw error;
      return result;
    });
  } catch (error) {
    throw fromRedisError(error);
  }
}
