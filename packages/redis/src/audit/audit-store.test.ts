import type { AuditEntry, ReadAuditEntry } from '@boomerang/domain';
import { expect, test } from 'vitest';
import { useTestEngine } from '../../test-support/use-test-engine.js';
import { globalKeys } from '../partitions/keys.js';
import { createAuditStore, readAudit, recordAudit } from './audit-store.js';

const engine = useTestEngine();
const entry = (clientId: string): AuditEntry => ({
  action: 'session.open',
  outcome: 'ok',
  clientId,
  keyId: 'k',
  from: '192.0.2.1',
  details: { more: '3' },
});

async function read(sinceMs = 0, untilMs = Number.MAX_SAFE_INTEGER): Promise<ReadAuditEntry[]> {
  const entries: ReadAuditEntry[] = [];
  for await (const each of readAudit(engine.redis, { sinceMs, untilMs })) entries.push(each);
  return entries;
}

test('entries are read as they were written, in their order, over any number of pages', async () => {
  const names = Array.from({ length: 1_203 }, (_, i) => `client-${i}`);
  await createAuditStore(engine.redis, 60_000).write(names.map(entry));
  const all = await read();
  expect(all.map(({ clientId }) => clientId)).toEqual(names);
  const { id: _id, at, ...first } = all[0] as ReadAuditEntry;
  expect(first).toEqual(entry('client-0'));
  expect(Math.abs(Date.parse(at) - Date.now())).toBeLessThan(60_000);
  expect(await read(Date.now() + 60_000)).toEqual([]);
  expect(await read(0, Date.now() - 60_000)).toEqual([]);
});

test('what is older than the retention goes as new entries come', async () => {
  const old = Date.now() - 100_000;
  const fields = ['action', 'session.open', 'details', '{}'];
  for (let i = 1; i <= 300; i++) await engine.redis.xadd(globalKeys.audit, `${old}-${i}`, ...fields);
  await recordAudit(engine.redis, entry('operator'));
  expect(await engine.redis.xlen(globalKeys.audit)).toBe(301);
  await createAuditStore(engine.redis, 60_000).write([entry('shop')]);
  // Redis trims whole nodes of a stream, of a hundred entries each.
  expect(await engine.redis.xlen(globalKeys.audit)).toBeLessThanOrEqual(102);
  expect((await read()).slice(-2).map(({ clientId }) => clientId)).toEqual(['operator', 'shop']);
});

test('a page holds what concerns a client, and where to go on when little of much does', async () => {
  const audit = createAuditStore(engine.redis, 60_000);
  await audit.write(Array.from({ length: 6_000 }, (_, i) => entry(i === 5_500 ? 'shop' : 'rival')));
  const query = { clientId: 'shop', sinceMs: 0, untilMs: Number.MAX_SAFE_INTEGER, limit: 10, nextToken: '' };
  const first = await audit.page(query);
  expect(first.entries).toEqual([]);
  const second = await audit.page({ ...query, nextToken: first.nextToken });
  expect(second.entries.map(({ clientId }) => clientId)).toEqual(['shop']);
  expect(second.nextToken).toBe('');
});
