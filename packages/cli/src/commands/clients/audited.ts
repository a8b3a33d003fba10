import { hostname, userInfo } from 'node:os';
import { type AuditAction, BoomerangError } from '@boomerang/domain';
import { type RedisConnection, recordAudit } from '@boomerang/redis';
import type { Environment } from '@boomerang/runtime';
import { withStackRedis } from '../../stack/with-stack-redis.js';

/** What a command of an operator does. */
export interface Deed {
  readonly action: AuditAction;
  readonly clientId: string;
  readonly keyId?: string;
  readonly details?: Readonly<Record<string, string>>;
}

/**
 * Does something that changes clients, and writes it to the audit log: before, so that nothing is done without a trace, and
 * after, with how it ended.
 *
 * @param keyIdOf the key that came of it.
 */
export function audited<T>(
  env: Environment,
  { action, clientId, keyId = '', details = {} }: Deed,
  work: (redis: RedisConnection) => Promise<T>,
  keyIdOf: (done: T) => string = () => keyId,
): Promise<T> {
  return withStackRedis(env, async (redis) => {
    const entry = { action, clientId, keyId, from: operator(), details };
    await recordAudit(redis, { ...entry, outcome: 'begun' });
    try {
      const done = await work(redis);
      await recordAudit(redis, { ...entry, keyId: keyIdOf(done), outcome: 'ok' });
      return done;
    } catch (error) {
      await recordAudit(redis, {
        ...entry,
        outcome: error instanceof BoomerangError ? error.code : 'failed',
      });
      throw error;
    }
  });
}

/** The user of the machine that runs the command. */
function operator(): string {
  return `${userName()}@${hostname()}`;
}

/** A container may run as a user without a name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
