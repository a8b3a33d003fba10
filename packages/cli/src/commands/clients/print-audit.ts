import type { ReadAuditEntry } from '@boomerang/domain';
import { readAudit } from '@boomerang/redis';
import type { Environment } from '@boomerang/runtime';
import { parseTime } from '../../options.js';
import { printJson } from '../../print.js';
import { withStackRedis } from '../../stack/with-stack-redis.js';

export interface AuditOptions {
  readonly client?: string;
  readonly since?: string;
  readonly until?: string;
}

/** Prints the entries of the audit log, the oldest first, one line of JSON each. @throws Error that names a bad option. */
export async function printAudit(env: Environment, { client, since, until }: AuditOptions): Promise<void> {
  const sinceMs = since === undefined ? 0 : parseTime('--since', since);
  const untilMs = until === undefined ? Number.MAX_SAFE_INTEGER : parseTime('--until', until);
  const wanted = ({ clientId }: ReadAuditEntry) => client === undefined || clientId === client;
  await withStackRedis(env, async (redis) => {
    for await (const entry of readAudit(redis, { sinceMs, untilMs })) if (wanted(entry)) printJson(entry);
  });
}
