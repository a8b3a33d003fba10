import { revokeKey } from '@boomerang/redis';
import { waitFor } from '@boomerang/testkit';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type EventReader, readEvents } from '../test-support/event-reader.js';
import { type HttpClient, httpClient } from '../test-support/http-client.js';
import { startTestGateway, type TestGateway } from '../test-support/test-gateway.js';

let gateway: TestGateway;
let base: string;
let ask: HttpClient;
beforeAll(async () => {
  gateway = await startTestGateway();
  base = `http://127.0.0.1:${(await gateway.openDoors()).http}`;
  ask = httpClient(base, gateway.tokens.shop);
});
afterAll(() => gateway.stop());

const readers: EventReader[] = [];
afterEach(async () => {
  const open = readers.splice(0);
  for (const reader of open) reader.close();
  await Promise.all(open.map(({ ended }) => ended));
});

async function follow(query = '', headers: Record<string, string> = {}, bearer = gateway.tokens.shop) {
  const reader = await readEvents(`${base}/v1/events${query}`, {
    authorization: `Bearer ${bearer}`,
    accept: 'text/event-stream',
    ...headers,
  });
  readers.push(reader);
  return reader;
}

async function register(json: object = {}): Promise<string> {
  const callback = { url: 'http://192.0.2.1/hook' };
  return (await ask('POST', '/v1/tasks', { json: { delay: '1h', callback, ...json } })).body.id;
}

const typesOf = ({ events }: EventReader) => events.map(({ type }) => type);

/** Puts events of a task into the stream of one partition, `bytes` each. */
async function flood(count: number, bytes: number): Promise<void> {
  const [stream = ''] = await gateway.redis.keys('*}e:shop');
  const reason = 'x'.repeat(bytes);
  for (let n = 0; n < count; n += 100) {
    const batch = Array.from({ length: 100 }, (_, i) =>
      gateway.redis.xadd(
        ...[stream, '*', 'event', 'running', 'task', `t${n + i}`, 'occurrence', '1'],
        ...['attempt', '1', 'reason', reason],
      ),
    );
    await Promise.all(batch);
  }
}

test('a reader gets the events of its client as they come, of the types that it asks for', async () => {
  const all = await follow();
  expect(all.status).toBe(200);
  expect(all.response.headers).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-transform',
  });
  const some = await follow('?types=task.cancelled,task.dead_lettered');
  const rival = await follow('', {}, gateway.tokens.rival);
  const id = await register();
  await ask('DELETE', `/v1/tasks/${id}`);
  const failing = await register({ delay: 0, retry: { maxAttempts: 1 } });
  await waitFor(() => all.events.length >= 3, { message: 'all events' });
  await gateway.failAll('timeout');
  await waitFor(() => some.events.length >= 2, { message: 'some events' });
  expect(typesOf(some)).toEqual(['task.cancelled', 'task.dead_lettered']);
  const of = (taskId: string) => all.events.filter(({ data }) => data.taskId === taskId);
  expect(of(id).map(({ type }) => type)).toEqual(['task.scheduled', 'task.cancelled']);
  const at = expect.stringMatching(/^\d{4}-.*Z$/);
  expect(of(id)[0]?.data).toEqual({
    type: 'task.scheduled',
    taskId: id,
    occurrence: 1,
    attempt: 0,
    at,
    dueAt: at,
  });
  await waitFor(() => of(failing).length >= 3, { message: 'the end of a task' });
  expect(of(failing).at(-1)?.data).toMatchObject({
    type: 'task.dead_lettered',
    attempt: 1,
    outcome: 'timeout',
    error: 'it failed',
    durationMs: 7,
  });
  expect(rival.events).toEqual([]);
});

test('a reader that comes again goes on behind the last event that it had', async () => {
  const first = await follow();
  const seen = await register();
  await waitFor(() => first.events.length > 0, { message: 'the first event' });
  first.close();
  await first.ended;
  const missed = await register();
  const again = await follow('', { 'last-event-id': first.lastId() });
  const byQuery = await follow(`?after=${first.lastId()}`);
  for (const reader of [again, byQuery]) {
    await waitFor(() => reader.events.length > 0, { message: 'what was missed' });
    expect(reader.events.map(({ data }) => data.taskId)).toEqual([missed]);
  }
  expect(seen).not.toBe(missed);
});

test('a reader that has seen no event knows where it stands, and one whose events are gone is told', async () => {
  const reader = await follow();
  await waitFor(() => reader.lastId() !== '', { message: 'a position' });
  reader.close();
  await reader.ended;
  await flood(200, 10);
  const [stream = ''] = await gateway.redis.keys('*}e:shop');
  await gateway.redis.xtrim(stream, 'MAXLEN', 1);
  const again = await follow('', { 'last-event-id': reader.lastId() });
  await waitFor(() => again.events.length >= 2, { message: 'the gap' });
  expect(typesOf(again)).toEqual(['gap', 'task.running']);
  expect(again.events[0]?.data).toEqual({
    type: 'gap',
    after: reader.lastId(),
    before: expect.stringMatching(/./),
  });
});

test('a slow reader holds up nobody, and misses nothing', { timeout: 30_000 }, async () => {
  const slow = await follow('?types=task.running');
  slow.response.pause();
  const quick = await follow('?types=task.running');
  await flood(2_000, 8_000);
  await waitFor(() => quick.events.length >= 2_000, { message: 'all events', timeoutMs: 15_000 });
  expect(slow.events.length).toBeLessThan(2_000);
  slow.response.resume();
  await waitFor(() => slow.events.length >= 2_000, {
    message: 'all events, slowly',
    timeoutMs: 15_000,
  });
  expect(slow.events.map(({ data }) => data.taskId)).toEqual(quick.events.map(({ data }) => data.taskId));
});

test('a stream ends when its key is revoked, and says why', async () => {
  const made = await gateway.addKey('shop');
  const reader = await follow('', {}, made);
  const session = await ask('POST', '/v1/sessions', { bearer: made, json: {} });
  const inSession = await follow('', {}, session.body.id);
  const keyId = made.split('_')[1] ?? '';
  await revokeKey(gateway.redis, 'shop', keyId);
  await Promise.all([reader.ended, inSession.ended]);
  expect(reader.events.at(-1)).toMatchObject({ type: 'end', data: { status: 401, code: 'unauthorized' } });
  expect(inSession.events.at(-1)).toMatchObject({ type: 'end', data: { code: 'session_expired' } });
  expect((await follow('', {}, made)).status).toBe(401);
});

test('a client has so many streams, and one that has ended leaves its place', async () => {
  const [one] = [await follow(), await follow()];
  const refused = await follow();
  expect([refused.status, refused.response.headers['retry-after']]).toEqual([429, '1']);
  one?.close();
  await waitFor(async () => (await follow()).status === 200, { message: 'a place' });
});

test.each<[number, string, Record<string, string>]>([
  [400, '?types=task.none', {}],
  [400, '?kinds=task.running', {}],
  [400, '', { 'last-event-id': 'none' }],
  [400, '?after=0-0.0-0.0-0.0-0.0-0.0-0', {}],
  [406, '', { accept: 'application/json' }],
  [401, '', { authorization: 'Bearer bmr_no' }],
])('%i: %s %j', async (status, query, headers) => {
  expect((await follow(query, headers)).status).toBe(status);
});

test('HEAD tells what GET would be, and opens no stream', async () => {
  const headers = { authorization: `Bearer ${gateway.tokens.shop}` };
  for (let n = 0; n < 3; n++) {
    const response = await fetch(`${base}/v1/events`, { method: 'HEAD', headers });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
  }
});

test('a gateway that stops ends its streams', async () => {
  const other = await gateway.openDoors();
  const reader = await readEvents(`http://127.0.0.1:${other.http}/v1/events`, {
    authorization: `Bearer ${gateway.tokens.rival}`,
  });
  await other.close();
  await reader.ended;
});
