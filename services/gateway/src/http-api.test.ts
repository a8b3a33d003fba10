import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Asking, type HttpClient, httpClient } from '../test-support/http-client.js';
import { startTestGateway, type TestGateway } from '../test-support/test-gateway.js';

const callback = { url: 'http://192.0.2.1/hook' };
const unknownTask = '01890000-0000-7000-8000-000000000000';

let gateway: TestGateway;
let base: string;
let ask: HttpClient;
beforeAll(async () => {
  gateway = await startTestGateway();
  base = `http://127.0.0.1:${(await gateway.openDoors()).http}`;
  ask = httpClient(base, gateway.tokens.shop);
});
afterAll(() => gateway.stop());

const register = (json: object = {}, headers: Record<string, string> = {}) =>
  ask('POST', '/v1/tasks', { json: { delay: '1h', callback, ...json }, headers });

describe('a task over HTTP', () => {
  test('is registered with its callback, shown, and cancelled', async () => {
    const { status, headers, body } = await register({ json: { hello: 'world' } });
    expect(status).toBe(201);
    expect(body).toEqual({ id: expect.any(String), dueAt: expect.stringMatching(/Z$/), state: 'scheduled' });
    expect(headers.get('location')).toBe(`/v1/tasks/${body.id}`);
    const shown = await ask('GET', `/v1/tasks/${body.id}`);
    expect(shown.body).toMatchObject({
      id: body.id,
      state: 'scheduled',
      attempts: [],
      text: '{"hello":"world"}',
    });
    expect((await ask('DELETE', `/v1/tasks/${body.id}`)).body).toEqual({ attemptUnderWay: false });
    expect((await ask('DELETE', `/v1/tasks/${body.id}`)).status).toBe(200);
    expect((await ask('GET', `/v1/tasks/${body.id}`)).body).toMatchObject({ state: 'cancelled' });
  });

  test.each<[string, string, string]>([
    [
      'numbers that JavaScript cannot hold',
      '{"n": 12345678901234567890, "a":1.0}',
      '{"n": 12345678901234567890, "a":1.0}',
    ],
    [
      'names that look like inherited ones',
      '{"__proto__":{"x":[1,"}\\"",{}]}}',
      '{"__proto__":{"x":[1,"}\\"",{}]}}',
    ],
    ['null', 'null', 'null'],
    ['a text', '"a\\\\"', '"a\\\\"'],
  ])('keeps its JSON as it was written: %s', async (_what, json, text) => {
    const body = `{"delay":"1h", "json" : ${json} ,"callback":${JSON.stringify(callback)}}`;
    const { body: registered } = await ask('POST', '/v1/tasks', { body });
    expect((await ask('GET', `/v1/tasks/${registered.id}`)).body).toMatchObject({ text });
  });

  test('takes text and bytes, and is listed page by page', async () => {
    const { rival } = gateway.tokens;
    const ids = [];
    for (const payload of [{ text: 'päck' }, { base64: '/w==' }, {}]) {
      const { body } = await ask('POST', '/v1/tasks', {
        bearer: rival,
        json: { delay: 60_000, callback, ...payload },
      });
      ids.push(body.id);
    }
    const first = await ask('GET', '/v1/tasks?limit=2', { bearer: rival });
    const second = await ask('GET', `/v1/tasks?limit=2&cursor=${first.body.nextCursor}`, { bearer: rival });
    expect(second.body.nextCursor).toBeNull();
    const listed = [...first.body.tasks, ...second.body.tasks];
    expect(listed.map(({ id }) => id).sort()).toEqual(ids.sort());
    expect(listed).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ text: 'päck' }),
        expect.objectContaining({ base64: '/w==' }),
      ]),
    );
  });

  test('is due at a time, by whatever offset', async () => {
    const { body } = await register({ delay: undefined, at: '2030-01-31T12:00:00+02:00' });
    expect(body).toMatchObject({ dueAt: '2030-01-31T10:00:00.000Z', state: 'scheduled' });
    const passed = await register({ delay: undefined, at: '2020-01-01T00:00:00Z' });
    expect(Date.parse(passed.body.dueAt)).toBeGreaterThan(Date.now() - 60_000);
  });

  test('recurs by an interval or a calendar', async () => {
    const { body } = await register({ delay: undefined, repeatInterval: '10m' });
    expect((await ask('GET', `/v1/tasks/${body.id}`)).body).toMatchObject({ repeatInterval: 600_000 });
    const daily = await register({ delay: undefined, cron: '0 9 * * *', timeZone: 'Europe/Berlin' });
    expect((await ask('GET', `/v1/tasks/${daily.body.id}`)).body).toMatchObject({ cron: '0 9 * * *' });
  });

  test('expires, and ends, and shows how', async () => {
    const ends = { expiresAfter: 5_000, expired: 'dead_letter', missed: 'skip', overlap: 'after' };
    const until = '2031-01-01T00:00:00.000Z';
    const asked = { ...ends, expiresAfter: '5s', maxOccurrences: 3, until };
    const { body } = await register({ repeatInterval: '10m', ...asked });
    expect((await ask('GET', `/v1/tasks/${body.id}`)).body).toMatchObject({
      ...ends,
      maxOccurrences: 3,
      until,
    });
    const plain = await ask('GET', `/v1/tasks/${(await register()).body.id}`);
    expect(Object.keys(plain.body)).not.toEqual(expect.arrayContaining(['expiresAfter']));
    expect(plain.body).not.toHaveProperty('missed');
  });

  test('has tags, and is found by each of them', async () => {
    const { body } = await register({ tags: ['invoice', 'größe:7'] });
    expect((await ask('GET', `/v1/tasks/${body.id}`)).body).toMatchObject({ tags: ['invoice', 'größe:7'] });
    for (const tag of ['invoice', 'größe:7']) {
      const { body: page } = await ask('GET', `/v1/tasks?tag=${encodeURIComponent(tag)}`);
      expect(page.tasks).toMatchObject([{ id: body.id, tags: ['invoice', 'größe:7'] }]);
    }
    expect((await ask('GET', '/v1/tasks?tag=none')).body.tasks).toEqual([]);
  });

  test('takes a trace by field or header, and what is none in the header is as if it were not there', async () => {
    const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    for (const traceparent of [trace, 'none']) expect((await register({}, { traceparent })).status).toBe(201);
    const named = (traceparent: string) => register({ traceparent }, { 'idempotency-key': 'traced' });
    const { body } = await named(trace);
    expect((await named(trace.replace('-01', '-00'))).body).toEqual(body);
  });

  test('is one under an idempotency key, with quotes or without; other content is refused', async () => {
    const { body } = await register({ text: 'x' }, { 'idempotency-key': '"order-1"' });
    expect((await register({ text: 'x' }, { 'idempotency-key': 'order-1' })).body).toEqual(body);
    const elsewhere = { callback: { url: 'http://192.0.2.1/other' } };
    for (const other of [{ text: 'y' }, { text: 'x', ...elsewhere }]) {
      const { status, body: problem } = await register(other, { 'idempotency-key': '"order-1"' });
      expect([status, problem.code]).toEqual([422, 'key_reused']);
    }
  });

  test('belongs to a session whose id is shown', async () => {
    const opened = await ask('POST', '/v1/sessions', {
      json: { callback, retry: { maxAttempts: 2, interval: '3s' } },
    });
    expect(opened.status).toBe(201);
    const bearer = opened.body.id;
    expect((await ask('POST', '/v1/tasks', { bearer, json: { delay: '1h', json: 1 } })).status).toBe(201);
    const refreshed = await ask('POST', '/v1/sessions/refresh', { bearer });
    expect(Date.parse(refreshed.body.expiresAt)).toBeGreaterThanOrEqual(Date.parse(opened.body.expiresAt));
    expect((await ask('POST', '/v1/sessions/refresh')).body).toMatchObject({
      code: 'invalid_request',
      field: 'Authorization',
    });
  });
});

describe('what is wrong is told as a problem with code and field:', () => {
  test.each<[string, object, string]>([
    ['an unknown member', { delays: 5 }, 'delays'],
    ['another type', { delay: true }, 'delay'],
    ['no length of time', { delay: '5 parsecs' }, 'delay'],
    ['a time out of range', { delay: -1 }, 'delay'],
    ['no time', { at: 'tomorrow' }, 'at'],
    ['a time more than ten years ahead', { at: '2099-01-01T00:00:00Z' }, 'at'],
    ['a time and a delay', { at: '2030-01-01T00:00:00Z', delay: '5s' }, 'delay'],
    ['a time and a calendar', { delay: undefined, at: '2030-01-01T00:00:00Z', cron: '@daily' }, 'at'],
    ['no way to expire', { expiresAfter: '1s', expired: 'vanish' }, 'expired'],
    ['an action without an expiry', { expired: 'dead_letter' }, 'expired'],
    ['an end of what fires once', { until: '2030-01-01T00:00:00Z' }, 'until'],
    ['an end before the start', { repeatInterval: '1s', until: '2020-01-01T00:00:00Z' }, 'until'],
    ['nine tags', { tags: Array.from({ length: 9 }, String) }, 'tags'],
    ['a tag with a control character', { tags: ['a\nb'] }, 'tags'],
    ['no callback', { callback: undefined }, 'callback'],
    ['a callback without url', { callback: {} }, 'callback.url'],
    ['an unknown wire', { callback: { url: 'ftp://x' } }, 'callback.url'],
    ['an address inside', { callback: { url: 'http://10.0.0.1/' } }, 'callback.url'],
    [
      'what is meant for another wire',
      { callback: { url: 'tcp://192.0.2.1:1', format: 'raw' } },
      'callback.format',
    ],
    ['too many attempts', { retry: { maxAttempts: 101 } }, 'retry.maxAttempts'],
    ['no strategy', { retry: { strategy: 'random' } }, 'retry.strategy'],
    ['no trace', { traceparent: '00-1-2-01' }, 'traceparent'],
    ['two payloads', { text: 'x', base64: '' }, 'payload'],
    ['no base64', { base64: 'x' }, 'base64'],
    ['a zone without a calendar', { timeZone: 'UTC' }, 'timeZone'],
  ])('%s', async (_what, json, field) => {
    const { status, headers, body } = await register(json);
    expect({ status, ...body }).toMatchObject({
      status: 400,
      code: 'invalid_request',
      field,
      allowed: expect.stringMatching(/./),
    });
    expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(body.detail).toContain(body.allowed);
  });

  test.each<[number, string, string, string, Asking]>([
    [401, 'unauthorized', 'GET', '/v1/tasks', { bearer: 'bmr_no_such' }],
    [401, 'session_expired', 'GET', '/v1/tasks', { bearer: '00000000-0000-4000-8000-000000000000' }],
    [404, 'not_found', 'GET', `/v1/tasks/${unknownTask}`, {}],
    [404, 'not_found', 'DELETE', '/v1/tasks/none', {}],
    [404, 'not_found', 'GET', '/v1/nothing', {}],
    [400, 'invalid_request', 'GET', '/v1/tasks?limit=abc', {}],
    [400, 'invalid_request', 'GET', '/v1/tasks?limit=0', {}],
    [400, 'invalid_request', 'GET', '/v1/tasks?dueAfter=tomorrow', {}],
    [400, 'invalid_request', 'GET', '/v1/tasks?cursor=forged', {}],
    [400, 'invalid_request', 'GET', '/v1/tasks?tag=', {}],
    [400, 'invalid_request', 'POST', '/v1/tasks', { body: '{"delay":' }],
    [400, 'invalid_request', 'POST', '/v1/tasks', { body: '[]' }],
    [400, 'invalid_request', 'POST', '/v1/tasks', { body: Buffer.from([0x22, 0xff, 0x22]) }],
    [405, 'invalid_request', 'PUT', '/v1/tasks', {}],
    [406, 'invalid_request', 'GET', '/v1/tasks', { headers: { accept: 'text/html' } }],
    [413, 'invalid_request', 'POST', '/v1/tasks', { body: 'x'.repeat(8_388_609) }],
    [415, 'invalid_request', 'POST', '/v1/tasks', { body: 'x', headers: { 'content-type': 'text/plain' } }],
  ])('%i %s: %s %s', async (status, code, method, path, asking) => {
    const answer = await ask(method, path, asking);
    expect([answer.status, answer.body]).toEqual([
      status,
      expect.objectContaining({ status, code, title: expect.any(String) }),
    ]);
    expect(answer.headers.get('allow')).toBe(status === 405 ? 'POST, GET, HEAD, OPTIONS' : null);
    expect(answer.headers.get('www-authenticate') !== null).toBe(status === 401);
  });

  test('without Authorization, before a body is read', async () => {
    const response = await fetch(`${base}/v1/tasks`, { method: 'POST', body: 'x'.repeat(9_000_000) }).catch(
      () => undefined,
    );
    expect(response === undefined || response.status === 401).toBe(true);
  });
});

test('HEAD is as GET without a body, and OPTIONS tells the methods; other sites may ask for nothing', async () => {
  const { shop } = gateway.tokens;
  const head = await fetch(`${base}/v1/tasks`, {
    method: 'HEAD',
    headers: { authorization: `Bearer ${shop}` },
  });
  expect([head.status, await head.text()]).toEqual([200, '']);
  const options = await fetch(`${base}/v1/tasks`, {
    method: 'OPTIONS',
    headers: { origin: 'http://a.example' },
  });
  expect([options.status, options.headers.get('allow')]).toEqual([204, 'POST, GET, HEAD, OPTIONS']);
  expect(options.headers.get('access-control-allow-origin')).toBeNull();
});

test('the API describes itself as OpenAPI 3.1', async () => {
  const { body } = await ask('GET', '/openapi.json');
  expect(body.openapi).toBe('3.1.0');
  expect(Object.keys(body.paths)).toEqual([
    '/v1/sessions',
    '/v1/sessions/refresh',
    '/v1/tasks',
    '/v1/tasks/{id}',
    '/v1/tasks/batch',
    '/v1/tasks/{id}/pause',
    '/v1/tasks/{id}/resume',
    '/v1/tasks/{id}/fire',
    '/v1/dead-letters',
    '/v1/dead-letters/replay',
    '/v1/dead-letters/purge',
    '/v1/dead-letters/{id}',
    '/v1/dead-letters/{id}/replay',
    '/v1/schedule/preview',
    '/v1/stats',
    '/v1/forecast',
    '/v1/audit',
    '/v1/events',
    '/v1/clients',
    '/v1/clients/{id}',
    '/v1/clients/{id}/keys',
    '/v1/clients/{id}/keys/{keyId}',
    '/v1/clients/{id}/secrets',
    '/v1/clients/{id}/secrets/{secretId}',
    '/v1/policies',
    '/v1/policies/{name}',
  ]);
});
