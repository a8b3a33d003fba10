import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { aMessage, sinkOptions } from '../../test-support/a-message.js';
import { MessageRefusedError, type Sink } from './sink.js';
import { createWebhookSink } from './webhook.js';

interface Received {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let server: Server;
let url: string;
let answer: (response: ServerResponse) => void;
const received: Received[] = [];
const sinks: Sink<never>[] = [];

function webhook(options = {}) {
  const sink = createWebhookSink(sinkOptions(options));
  sinks.push(sink as Sink<never>);
  return (to = url, message = aMessage()) => sink.send({ kind: 'webhook', url: to }, message);
}

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const { method, url: path, headers } = request;
    const body = Buffer.concat(await request.toArray()).toString();
    received.push({ method, url: path, headers, body });
    answer(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  received.length = 0;
  for (const sink of sinks.splice(0)) await sink.close();
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test('posts the JSON with its id and time', async () => {
  answer = (response) => response.writeHead(204).end();
  const message = aMessage({ body: Buffer.from('{"x":1}') });
  await webhook()(`${url}/hooks?a=b`, message);
  expect(received).toHaveLength(1);
  expect(received[0]).toMatchObject({ method: 'POST', url: '/hooks?a=b', body: '{"x":1}' });
  expect(received[0]?.headers).toMatchObject({
    'content-type': 'application/json',
    'webhook-id': message.id,
  });
  expect(Number(received[0]?.headers['webhook-timestamp'])).toBeCloseTo(Date.now() / 1_000, -2);
});

test('is signed with each live secret of its client, and never goes unsigned because they are unknown', async () => {
  answer = (response) => response.writeHead(204).end();
  const keys = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
  await webhook({ keys })();
  const { headers, body } = received[0] as Received;
  expect(headers['webhook-signature']).toMatch(/^v1,\S+ v1,\S+$/);
  for (const key of keys) {
    const wh = new StandardWebhook(key.toString('base64'));
    expect(() => wh.verify(body, headers as Record<string, string>)).not.toThrow();
  }
  await webhook()();
  expect(received[1]?.headers).not.toHaveProperty('webhook-signature');
  const unknown = sinkOptions();
  const sink = createWebhookSink({ ...unknown, signingKeys: { of: async () => undefined } });
  sinks.push(sink as Sink<never>);
  await expect(sink.send({ kind: 'webhook', url }, aMessage())).rejects.toThrow(/signing secrets/);
  expect(received).toHaveLength(2);
});

test.each([301, 400, 401, 404, 410, 413, 422, 429, 500, 503])(
  'status %i is no acknowledgement',
  async (status) => {
    answer = (response) => response.writeHead(status, { location: `${url}/elsewhere` }).end('x');
    const failure = await webhook()().catch((error: Error) => error);
    expect(failure).toMatchObject({ message: `HTTP status ${status}` });
    expect(failure instanceof MessageRefusedError).toBe([400, 413, 422].includes(status));
    expect(received.map((request) => request.url)).toEqual(['/']);
  },
);

test('neither is silence, nor a connection that is cut, nor a port that nobody listens on', async () => {
  answer = () => undefined;
  await expect(webhook({ timeoutMs: 200 })()).rejects.toThrow(/^no answer in time$/);
  answer = (response) => response.destroy();
  await expect(webhook()()).rejects.toThrow(/^the connection was closed before the answer$/);
  await expect(webhook()('http://127.0.0.1:1/')).rejects.toThrow(/ECONNREFUSED/);
});

test.each(['127.0.0.1', 'localhost', '2130706433'])(
  '%s is not reached unless that is allowed',
  async (host) => {
    const { port } = new URL(url);
    await expect(webhook({ allow: [] })(`http://${host}:${port}/`)).rejects.toThrow(/not allowed|refused/);
    expect(received).toEqual([]);
  },
);
