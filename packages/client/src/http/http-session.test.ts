import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { closeFakeGateways, unusedPort } from '../../test-support/fake-gateway.js';
import { ConnectError } from '../connection/connect-error.js';
import { ConnectionClosedError } from '../connection/connection-closed-error.js';
import { RequestTimeoutError } from '../connection/request-timeout-error.js';
import { type HttpSessionOptions, openHttpSession } from './open-http-session.js';

const servers: Server[] = [];
afterEach(() => {
  closeFakeGateways();
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

interface Asked {
  readonly line: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

/** A server that does with the nth request as told; what it was asked. */
async function serverThat(answer: (response: ServerResponse, n: number) => void) {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const text = (await request.toArray()).join('');
    const line = `${request.method} ${request.url}`;
    asked.push({ line, headers: request.headers, body: text && JSON.parse(text) });
    answer(response, asked.length);
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const registered = (response: ServerResponse) =>
  void response.writeHead(201).end('{"id":"t","dueAt":"2030-01-01T00:00:00.000Z","state":"scheduled"}');

function problem(status: number, code: string) {
  return (response: ServerResponse) =>
    void response.writeHead(status).end(JSON.stringify({ code, detail: `because ${code}` }));
}

function open(url: string, options: Partial<HttpSessionOptions> = {}) {
  const callback = { protocol: 'HTTP', endpoint: 'http://there/' } as const;
  return openHttpSession({ url, token: 'bmr_test', callback, ...options });
}

describe('a registration', () => {
  test('brings key, payload, time and the whole policy', async () => {
    const { url, asked } = await serverThat(registered);
    const session = open(`${url}/`, {
      retry: { maxAttempts: 3, strategy: 'EXPONENTIAL', intervalMs: 10, maxIntervalMs: 100 },
      dlq: { destination: 'lost' },
    });
    expect(await session.setTimeout('hi', 5, { idempotencyKey: 'a "b"', tags: ['x'] })).toEqual({
      taskId: 't',
      scheduledTimeMs: Date.UTC(2030, 0, 1),
    });
    expect(asked[0]).toMatchObject({
      line: 'POST /v1/tasks',
      headers: { authorization: 'Bearer bmr_test', 'idempotency-key': '"a \\"b\\""' },
      body: {
        base64: 'aGk=',
        delay: 5,
        tags: ['x'],
        callback: { url: 'http://there/', format: 'envelope' },
        retry: { maxAttempts: 3, strategy: 'exponential', interval: 10, maxInterval: 100 },
        dlq: { destination: 'lost' },
      },
    });
  });

  test.each([
    [{ protocol: 'HTTP', endpoint: 'http://a/', format: 'RAW', rawContentType: 'text/csv' }, 'http://a/'],
    [{ protocol: 'GRPC', endpoint: 'a:1' }, 'grpc://a:1'],
    [{ protocol: 'GRPC', endpoint: 'grpcs://a:1' }, 'grpcs://a:1'],
    [{ protocol: 'TCP', endpoint: 'a:1' }, 'tcp://a:1'],
    [{ protocol: 'UDP', endpoint: 'a:1', acked: true }, 'udp://a:1'],
  ] as const)('names the wire of %j', async (callback, expected) => {
    const { url, asked } = await serverThat(registered);
    await open(url, { callback }).setTimeoutAt('', new Date(1_900_000_000_000));
    const body = asked[0]?.body as { callback: object; at: string; delay?: number };
    expect(body.callback).toMatchObject({ url: expected, ...('acked' in callback && { acked: true }) });
    expect([body.at, body.delay]).toEqual(['2030-03-17T17:46:40.000Z', undefined]);
  });

  test.each(['ü', 'a\u007f'])(
    'is refused under the key %j, which a header does not carry',
    async (idempotencyKey) => {
      const { url, asked } = await serverThat(registered);
      const refused = open(url).setTimeout('', 1, { idempotencyKey });
      await expect(refused).rejects.toMatchObject({ code: 'invalid_request', field: 'idempotencyKey' });
      expect(asked).toEqual([]);
    },
  );
});

describe('a request that fails', () => {
  test.each([
    ['unavailable', 503, undefined],
    ['exhausted', 429, undefined],
    ['outcome_unknown', 504, 'k'],
  ])('with %s is tried again where that can not do it twice', async (code, status, idempotencyKey) => {
    const { url, asked } = await serverThat((response, n) =>
      n < 3 ? problem(status, code)(response) : registered(response),
    );
    const options = idempotencyKey === undefined ? {} : { idempotencyKey };
    expect(await open(url).setTimeout('', 1, options)).toMatchObject({ taskId: 't' });
    expect(asked).toHaveLength(3);
  });

  test.each([
    ['unauthorized', 401, 'UNAUTHORIZED', 'useless'],
    ['key_reused', 422, 'INVALID_REQUEST', 'useless'],
    ['not_found', 404, 'INVALID_REQUEST', 'useless'],
    ['outcome_unknown', 504, 'ERROR', 'unsafe'],
    ['internal', 500, 'ERROR', 'unsafe'],
  ])('with %s tells its code and is not repeated', async (code, http, status, retry) => {
    const { url, asked } = await serverThat(problem(http, code));
    const failed = open(url).cancel('t');
    await expect(failed).rejects.toMatchObject({ code, status, retry, message: `because ${code}` });
    expect(asked).toHaveLength(1);
  });

  test('by an answer cut short is repeated with a key, and rejects as unsafe without', async () => {
    const { url, asked } = await serverThat((response, n) => {
      if (n === 3) return registered(response);
      response.writeHead(201, { 'content-length': 500 }).write('{');
      setTimeout(() => response.destroy(), 10);
    });
    const failed = open(url).setTimeout('', 1);
    await expect(failed).rejects.toBeInstanceOf(ConnectionClosedError);
    await expect(failed).rejects.toMatchObject({ code: 'connection_lost', retry: 'unsafe' });
    expect(await open(url).setTimeout('', 1, { idempotencyKey: 'k' })).toMatchObject({ taskId: 't' });
    expect(asked).toHaveLength(3);
  });

  test('because nothing listens there was not sent, and is tried until its time is up', async () => {
    const failed = open(`http://127.0.0.1:${await unusedPort()}`).setTimeout('', 1, { timeoutMs: 300 });
    await expect(failed).rejects.toBeInstanceOf(ConnectError);
    await expect(failed).rejects.toMatchObject({ code: 'unreachable', retry: 'safe' });
    await expect(failed).rejects.toThrow('is this its HTTP port');
  });

  test('because nothing is answered ends with its time, or with its signal', async () => {
    const { url } = await serverThat(() => undefined);
    const session = open(url, { requestTimeoutMs: 100 });
    await expect(session.get('t')).rejects.toBeInstanceOf(RequestTimeoutError);
    const ended = session.get('t', { timeoutMs: 5_000, signal: AbortSignal.timeout(20) });
    await expect(ended).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  test.each([
    ['a page', (response: ServerResponse) => void response.end('<html>'), 'useless'],
    [
      'a redirection',
      (response: ServerResponse) => void response.writeHead(302, { location: '/' }).end(),
      'useless',
    ],
    [
      'a proxy that gives up',
      (response: ServerResponse) => void response.writeHead(502).end('bad'),
      'unsafe',
    ],
  ])('by %s says that no gateway answers', async (_, answer, retry) => {
    const { url } = await serverThat(answer);
    const failed = open(url).setTimeout('', 1);
    await expect(failed).rejects.toThrow('not as a Boomerang gateway does');
    await expect(failed).rejects.toMatchObject({ retry });
  });
});

test('only so many requests are under way at a time', async () => {
  const waiting: ServerResponse[] = [];
  const { url } = await serverThat((response) => void waiting.push(response));
  const session = open(url, { maxInFlight: 2 });
  const all = [1, 2, 3, 4, 5].map((n) => session.setTimeout('', n));
  let most = 0;
  for (let answered = 0; answered < 5; ) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    most = Math.max(most, waiting.length);
    for (const response of waiting.splice(0)) {
      registered(response);
      answered += 1;
    }
  }
  await Promise.all(all);
  expect(most).toBe(2);
});

test('changes of a task are asked for and answered as over TCP', async () => {
  const changed = '{"occurrence":2,"dueAt":"2030-01-01T00:00:00.000Z","attemptUnderWay":true}';
  const { url, asked } = await serverThat((response) => void response.writeHead(200).end(changed));
  const session = open(url);
  const told = { occurrence: 2, dueMs: Date.UTC(2030, 0, 1) };
  expect(await session.reschedule('a/b', { delayMs: 0, payload: '' })).toEqual(told);
  expect(await session.reschedule('t', { at: 5, intervalMs: 100, newPhase: true })).toEqual(told);
  expect(await session.pause('t')).toEqual({ ...told, attemptUnderWay: true });
  expect(await session.resume('t')).toEqual({ ...told, attemptUnderWay: true });
  expect(await session.fire('t')).toEqual(told);
  expect(asked.map(({ line, body }) => [line, body])).toEqual([
    ['PATCH /v1/tasks/a%2Fb', { delay: 0, base64: '' }],
    ['PATCH /v1/tasks/t', { at: '1970-01-01T00:00:00.005Z', repeatInterval: 100, newPhase: true }],
    ['POST /v1/tasks/t/pause', ''],
    ['POST /v1/tasks/t/resume', ''],
    ['POST /v1/tasks/t/fire', ''],
  ]);
});

test('a closed session has sent what was asked before, and takes nothing more', async () => {
  const { url } = await serverThat((response) => void setTimeout(() => registered(response), 50));
  const session = open(url);
  const before = session.setTimeout('', 1);
  await new Promise((resolve) => setTimeout(resolve, 20));
  await session.close();
  await session.close();
  expect(await before).toMatchObject({ taskId: 't' });
  await expect(session.setTimeout('', 1)).rejects.toMatchObject({ code: 'closed_here', retry: 'safe' });
});

test.each([
  ['url', { url: 'tcp://127.0.0.1:9973' }],
  ['url', { url: 'http://name:password@host' }],
  ['url', { url: 'localhost:8080' }],
  ['maxInFlight', { maxInFlight: 0 }],
  ['requestTimeoutMs', { requestTimeoutMs: 0 }],
  ['token', { token: '' }],
  ['timeout', { timeout: 1 } as object],
])('options with a bad %s are refused', (field, options) => {
  expect(() => open('http://127.0.0.1', options)).toThrow(expect.objectContaining({ field }));
});
