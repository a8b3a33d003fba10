import type {
  AuditAction,
  AuditEntry,
  AuditPage,
  AuditQuery,
  AuditReader,
  AuditStore,
  ReadAuditEntry,
} from '@boomerang/domain';
import type { RedisConnection } from '../connection/connection.js';
import { unwrapRedisErrors } from '../connection/redis-error.js';
import { globalKeys } from '../partitions/keys.js';

/** Entries that one step reads. */
const STEP = 500;

/** The audit log: a stream, from which what is older than `retentionMs` is trimmed as new entries come. */
export function createAuditStore(redis: RedisConnection, retentionMs: number): AuditStore & AuditReader {
  async function write(entries: readonly AuditEntry[]): Promise<void> {
    const oldest = Date.now() - retentionMs;
    const written = entries.map((entry) =>
      redis.xadd(globalKeys.audit, 'MINID', '~', oldest, '*', ...fieldsOf(entry)),
    );
    await Promise.all(written);
  }
  return {
    write: (entries) => unwrapRedisErrors(write(entries)),
    page: (query) => unwrapRedisErrors(readPage(redis, query)),
  };
}

/** Looks at so many steps for one page: of a client that has few entries a page may be empty, and there are more. */
const MOST_STEPS = 10;

async function readPage(
  redis: RedisConnection,
  { clientId, sinceMs, untilMs, limit, nextToken }: AuditQuery,
): Promise<AuditPage> {
  const entries: ReadAuditEntry[] = [];
  let last = nextToken;
  for (let steps = 0; steps < MOST_STEPS; steps++) {
    const from = last === '' ? String(sinceMs) : `(${last}`;
    const step = await redis.xrange(globalKeys.audit, from, String(untilMs), 'COUNT', STEP);
    for (const [id, fields] of step) {
      last = id;
      const entry = entryOf(id, fields);
      if (clientId === '' || entry.clientId === clientId) entries.push(entry);
      if (entries.length === limit) return { entries, nextToken: last };
    }
    if (step.length < STEP) return { entries, nextToken: '' };
  }
  return { entries, nextToken: last };
}

/** Writes an entry and trims nothing. */
export async function recordAudit(redis: RedisConnection, entry: AuditEntry): Promise<void> {
  await redis.xadd(globalKeys.audit, '*', ...fieldsOf(entry));
}

interface AuditFilter {
  /** Unix epoch ms, by Redis's clock; inclusive. */
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** The entries of a time, the oldest first, read step by step. */
export async function* readAudit(
  redis: RedisConnection,
  { sinceMs, untilMs }: AuditFilter,
): AsyncGenerator<ReadAuditEntry> {
  let from = String(sinceMs);
  for (;;) {
    const page = await redis.xrange(globalKeys.audit, from, String(untilMs), 'COUNT', STEP);
    for (const [id, fields] of page) yield entryOf(id, fields);
    const last = page.at(-1);
    if (!last || page.length < STEP) return;
    from = `(${last[0]}`;
  }
}

function fieldsOf({ action, outcome, clientId, keyId, from, details }: AuditEntry): string[] {
  const fields = { action, outcome, client: clientId, key: keyId, from, details: JSON.stringify(details) };
  return Object.entries(fields).flat();
}

function entryOf(id: string, flat: readonly string[]): ReadAuditEntry {
  const fields = new Map<string, string>();
  for (let i = 0; i < flat.length; i += 2) fields.set(flat[i] as string, flat[i + 1] ?? '');
  const of = (name: string) => fields.get(name) ?? '';
  return {
    id,
    at: new Date(Number(id.split('-')[0])).toISOString(),
    action: of('action') as AuditAction,
    outcome: of('outcome'),
    clientId: of('client'),
    keyId: of('key'),
    from: of('from'),
    details: JSON.parse(of('details') || '{}') as Record<string, string>,
  };
}
