import { openSession } from '@boomerang/client';
import type { ReadAuditEntry } from '@boomerang/domain';
import { createClientDirectory, globalKeys, readAudit } from '@boomerang/redis';
import { waitFor } from '@boomerang/testkit';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { SpageClient } from '../test-support/spage-client.js';
import { connectTo, PEPPER, startTestGateway, type TestGateway } from '../test-support/test-gateway.js';

const callback = { protocol: 'HTTP', endpoint: 'http://192.0.2.1/cb' } as const;

let gateway: TestGateway;
let doors: Awaited<ReturnType<TestGateway['openDoors']>>;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway?.stop());
beforeEach(async () => {
  await gateway.redis.del(globalKeys.audit);
  doors = await gateway.openDoors();
});

async function entries(): Promise<ReadAuditEntry[]> {
  const read: ReadAuditEntry[] = [];
  const everything = { sinceMs: 0, untilMs: Number.MAX_SAFE_INTEGER };
  for await (const entry of readAudit(gateway.redis, everything)) read.push(entry);
  return read;
}

const entriesOf = (count: number) =>
  waitFor(
    async () => {
      const read = await entries();
      return read.length >= count ? read : undefined;
    },
    { message: `${count} entries` },
  );

async function open(token: string) {
  return openSession(await connectTo(doors.tcp), { token, callback });
}

const keyIdOf = (key: string) => key.split('_')[1];

test('who authenticated and who failed to is told, with key and address, on every door, and no secret', async () => {
  const { shop } = gateway.tokens;
  await open(shop);
  const wrong = `${shop.slice(0, -4)}0000`;
  await expect(open(wrong)).rejects.toThrow();
  const spage = new SpageClient(doors.grpc, wrong);
  await spage.call('authenticate', { apiKey: shop });
  await spage.call('authenticate', { apiKey: wrong });
  await expect(spage.call('listTasks', {})).rejects.toThrow();
  spage.close();
  const read = await entriesOf(5);
  const from = '127.0.0.1';
  const keyId = keyIdOf(shop);
  expect(read).toMatchObject([
    { action: 'session.open', outcome: 'ok', clientId: 'shop', keyId, from },
    { action: 'session.open', outcome: 'unauthorized', clientId: '', keyId, from },
    { action: 'token.issue', outcome: 'ok', clientId: 'shop', keyId, from },
    { action: 'token.issue', outcome: 'unauthorized', keyId, from },
    { action: 'call.authenticate', outcome: 'unauthorized', keyId, from },
  ]);
  expect(JSON.stringify(read)).not.toContain(shop.slice(-40, -4));
});

test('what was replayed and purged is told with how many, and no payload', async () => {
  const session = await open(gateway.tokens.shop);
  for (let i = 0; i < 3; i++) await session.setTimeout('a payload that nobody reads', 0);
  await gateway.failAll();
  const { replayed } = await session.deadLetters.replay({ filter: {}, limit: 2 });
  expect(replayed).toHaveLength(2);
  await session.deadLetters.purge({ filter: {} });
  const read = await waitFor(
    async () => {
      const all = await entries();
      return all.some(({ action }) => action === 'dead-letter.purge') ? all : undefined;
    },
    { message: 'the purge' },
  );
  expect(read.map(({ action, details }) => [action, details]).slice(1)).toEqual([
    ['dead-letter.replay', { replayed: '2', refused: '0' }],
    ['dead-letter.purge', { purged: '1', refused: '0' }],
  ]);
  expect(JSON.stringify(read)).not.toContain('payload');
});

test('a flood of failures is one entry, and at the end of the minute or of the gateway how many more', async () => {
  const spage = new SpageClient(doors.grpc, undefined);
  const guess = (i: number) => `bmr_${i}_${'x'.repeat(40)}`;
  for (let i = 0; i < 15; i++) await spage.call('authenticate', { apiKey: guess(i) });
  spage.close();
  await doors.close();
  expect(await entries()).toMatchObject([
    { action: 'token.issue', outcome: 'unauthorized', keyId: '0', details: {} },
    { action: 'token.issue', outcome: 'unauthorized', details: { more: '14' } },
  ]);
});

test('a Redis that takes no entries holds nobody up: they are lost, and counted', async () => {
  await gateway.redis.set(globalKeys.audit, 'not a stream');
  const session = await open(gateway.tokens.shop);
  await session.setTimeout('x', 60_000);
  const spage = new SpageClient(doors.grpc, gateway.tokens.shop);
  const lost = await waitFor(
    async () => {
      const { counters } = await spage.call('getMetrics', {});
      return counters?.['boomerang_gateway_audit_entries_total{outcome="lost"}'];
    },
    { message: 'a lost entry' },
  );
  expect(lost).toBe(1);
  spage.close();
});

test('an admin reads the log over HTTP, page by page, and nobody else does', async () => {
  const { shop, rival } = gateway.tokens;
  for (const key of [shop, rival, shop]) await open(key);
  await entriesOf(2);
  const admin = await createClientDirectory(gateway.redis, PEPPER).addKey('rival', {
    permissions: ['admin'],
  });
  const get = async (query: string, key = admin) => {
    const headers = { authorization: `Bearer ${key}` };
    const answer = await fetch(`http://127.0.0.1:${doors.http}/v1/audit${query}`, { headers });
    return {
      status: answer.status,
      body: (await answer.json()) as { entries: ReadAuditEntry[]; nextCursor: string },
    };
  };
  expect(await get('', shop)).toMatchObject({ status: 403 });
  const all = await get('');
  expect(all.body.entries).toEqual(await entries());
  expect(all.body.nextCursor).toBeNull();
  const first = await get('?limit=1');
  const rest = await get(`?limit=1000&cursor=${first.body.nextCursor}`);
  expect([...first.body.entries, ...rest.body.entries]).toEqual(all.body.entries);
  const ofRival = (await get('?client=rival')).body.entries;
  expect(ofRival.map(({ clientId }) => clientId)).toEqual(['rival']);
  expect((await get('?since=2100-01-01T00:00:00Z')).body.entries).toEqual([]);
  expect((await get('?until=2000-01-01T00:00:00Z')).body.entries).toEqual([]);
  for (const bad of ['?limit=0', '?cursor=x', '?since=yesterday']) expect((await get(bad)).status).toBe(400);
});
