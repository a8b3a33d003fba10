import { ActivityRecorder, PERMISSIONS, type ProcessSummary } from '@boomerang/domain';
import { createClientDirectory, createStatsStore, loadPartitionMap, loadScripts } from '@boomerang/redis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PEPPER, startTestGateway, type TestGateway } from '../test-support/test-gateway.js';

let gateway: TestGateway;
let base: string;
let admin: string;
beforeAll(async () => {
  gateway = await startTestGateway();
  base = `http://127.0.0.1:${(await gateway.openDoors()).http}`;
  const clients = createClientDirectory(gateway.redis, PEPPER);
  await clients.create('house');
  admin = await clients.addKey('house', { permissions: PERMISSIONS });
});
afterAll(() => gateway.stop());

async function get(path: string, bearer = gateway.tokens.shop) {
  const response = await fetch(base + path, { headers: { authorization: `Bearer ${bearer}` } });
  const text = await response.text();
  return { status: response.status, body: JSON.parse(text) };
}

async function register(bearer: string, json: object) {
  const response = await fetch(`${base}/v1/tasks`, {
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
    body: JSON.stringify({ callback: { url: 'http://192.0.2.1/hook' }, ...json }),
  });
  expect(response.status).toBe(201);
}

/** What a worker tells of one second. */
function aSecond(): ProcessSummary {
  const activity = new ActivityRecorder();
  for (const ms of [1, 2, 3, 100]) activity.attempted('shop', 'HTTP', ms);
  activity.count('shop', 'delivered', 3);
  activity.count('shop', 'retried');
  activity.attempted('rival', 'UDP', 1);
  return {
    service: 'worker',
    instance: 'a1b2c3d4',
    version: '1.2.3',
    startedAtMs: 1_700_000_000_000,
    gauges: { slots: 1_000, slotsInUse: 4 },
    heldEndpoints: [
      { clientId: 'shop', endpoint: 'http://192.0.2.1:80' },
      { clientId: 'rival', endpoint: 'http://192.0.2.2:80' },
    ],
    ...activity.take(),
  };
}

describe('GET /v1/stats', () => {
  beforeAll(async () => {
    const { redis } = gateway;
    const store = createStatsStore(redis, loadScripts(redis), await loadPartitionMap(redis, 4));
    await store.write(aSecond());
    // The second that it was written in has to be over.
    await new Promise((resolve) => setTimeout(resolve, 1_001));
  });

  test('tells a client what it did, second by second, and nothing of others', async () => {
    const { status, body } = await get('/v1/stats?seconds=10');
    expect(status).toBe(200);
    expect(body).toMatchObject({ client: 'shop', step: 1, incomplete: false });
    expect(body.series).toHaveLength(10);
    expect(body.series.map(({ delivered }: { delivered: number }) => delivered).sort()).toEqual([
      ...new Array(9).fill(0),
      3,
    ]);
    expect(body.series.map(({ reports }: { reports: number }) => reports).sort()).toEqual([
      ...new Array(9).fill(0),
      1,
    ]);
    expect(body.total).toMatchObject({ delivered: 3, retried: 1, http: 4, udp: 0 });
    expect(body.total.lateness.p50).toBeGreaterThanOrEqual(2);
    expect(body.total.lateness.p999).toBeGreaterThanOrEqual(100);
    expect(body.heldEndpoints).toEqual([{ client: 'shop', endpoint: 'http://192.0.2.1:80' }]);
    expect(body.waiting).toEqual({ tasks: expect.any(Number), deadLetters: 0 });
    expect(JSON.stringify(body)).not.toMatch(/rival|processes|1\.2\.3/);
  });

  test('tells an admin of all, with processes and clients, or of one client', async () => {
    const { body } = await get('/v1/stats?seconds=10&step=5', admin);
    expect(body).toMatchObject({ client: null, step: 5, total: { delivered: 3, udp: 1 } });
    expect(body.series).toHaveLength(2);
    const { body: lately } = await get('/v1/stats', admin);
    expect(lately.processes).toEqual([
      expect.objectContaining({
        service: 'worker',
        version: '1.2.3',
        gauges: { slots: 1_000, slotsInUse: 4 },
      }),
    ]);
    expect(lately.clients.map(({ client }: { client: string }) => client).sort()).toEqual(['rival', 'shop']);
    expect((await get('/v1/stats?client=rival', admin)).body).toMatchObject({
      client: 'rival',
      total: { udp: 1 },
    });
  });

  test('does not tell a client of another one', async () => {
    expect(await get('/v1/stats?client=rival')).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect(await get('/v1/forecast?client=rival')).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    });
  });

  test.each([
    ['seconds=0', 'seconds'],
    ['seconds=3601', 'seconds'],
    ['seconds=10&step=11', 'step'],
    ['steps=1', 'steps'],
  ])('refuses %s', async (query, field) => {
    expect(await get(`/v1/stats?${query}`)).toMatchObject({
      status: 400,
      body: { code: 'invalid_request', field },
    });
  });
});

describe('GET /v1/forecast', () => {
  test('tells how much of a client falls due in each slot, and of a recurring task the next occurrence', async () => {
    const { rival } = gateway.tokens;
    const from = new Date(Date.now() + 3_600_000);
    const at = (ms: number) => new Date(from.getTime() + ms).toISOString();
    for (const ms of [0, 10, 70_000]) await register(rival, { at: at(ms) });
    await register(rival, { at: at(0), repeatInterval: '1s' });
    await register(gateway.tokens.shop, { at: at(0) });
    const path = `/v1/forecast?from=${from.toISOString()}&slot=1m&slots=3`;
    const { status, body } = await get(path, rival);
    expect(status).toBe(200);
    expect(body).toEqual({
      client: 'rival',
      from: from.toISOString(),
      slot: 60_000,
      before: 0,
      slots: [3, 1, 0],
      after: 0,
      recurring: 'next occurrence only',
    });
    expect((await get(path, admin)).body).toMatchObject({ client: null, slots: [4, 1, 0] });
    expect((await get('/v1/forecast?slot=60000', rival)).body).toMatchObject({ slot: 60_000 });
  });

  test.each([
    ['slots=501', 'slots'],
    ['slot=1ms', 'slot'],
    ['slot=soon', 'slot'],
    ['from=tomorrow', 'from'],
  ])('refuses %s', async (query, field) => {
    expect(await get(`/v1/forecast?${query}`)).toMatchObject({ status: 400, body: { field } });
  });
});
