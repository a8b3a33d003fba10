import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { AddressGuard } from '@boomerang/address-guard';
import type { AttemptResult, ClaimedOccurrence, HttpCallback } from '@boomerang/domain';
import { boomerang, decodeEnvelope, encodeEnvelope, formatWebhookSecret } from '@boomerang/protocol';
import { Webhook } from 'standardwebhooks';
import { afterEach, expect, test } from 'vitest';
import { anOccurrence } from '../../../test-support/an-occurrence.js';
import { type Sign, signerOf } from '../shared/sign.js';
import { createHttpTransport } from './http.js';

type Handler = (request: IncomingMessage & { body: Buffer }, response: ServerResponse) => void;

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function receiver(
  handler: Handler,
): Promise<{ server: Server; url: string; connections: () => number }> {
  let connections = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => handler(Object.assign(request, { body: Buffer.concat(chunks) }), response));
  });
  server.on('connection', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUps.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    server,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/cb?x=1`,
    connections: () => connections,
  };
}

function transport({
  allow = ['127.0.0.0/8', '::1'],
  guard = new AddressGuard(allow),
  timeoutMs = 1_000,
  connectTimeoutMs = 500,
} = {}) {
  const created = createHttpTransport({
    guard,
    callbackConnectTimeoutMs: connectTimeoutMs,
    callbackTimeoutMs: timeoutMs,
    callbackIdleMs: 4_000,
  });
  cleanUps.push(() => created.close());
  return created;
}

const send = (endpoint: string, options = {}, objection: () => string | undefined = () => undefined) =>
  transport(options).send({ protocol: 'HTTP', endpoint }, anOccurrence(), objection);

async function answerTo(handler: Handler, options = {}): Promise<AttemptResult> {
  return send((await receiver(handler)).url, options);
}

test('a callback is a POST of an envelope that carries the payload, every byte of it, and all that identifies it', async () => {
  let seen: (IncomingMessage & { body: Buffer }) | undefined;
  const { url } = await receiver((request, response) => {
    seen = request;
    response.end();
  });
  const payload = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
  const occurrence = anOccurrence({ payload, occurrence: 7, attempt: 2 });
  const result = await transport().send({ protocol: 'HTTP', endpoint: url }, occurrence, () => undefined);

  expect(result).toEqual({ kind: 'delivered' });
  expect(seen).toMatchObject({ method: 'POST', url: '/cb?x=1' });
  expect(seen?.headers).toMatchObject({
    'content-type': 'application/x-protobuf',
    'boomerang-task-id': occurrence.taskId,
    'boomerang-occurrence': '7',
    'boomerang-attempt': '2',
    'boomerang-scheduled-time-ms': String(occurrence.scheduledTimeMs),
  });
  const { callbackRequest } = decodeEnvelope(seen?.body ?? Buffer.alloc(0));
  expect(callbackRequest).toMatchObject({
    taskId: occurrence.taskId,
    clientId: occurrence.clientId,
    occurrence: 7,
    attempt: 2,
    scheduledTimeMs: occurrence.scheduledTimeMs,
  });
  expect(payload.equals(callbackRequest?.payload ?? Buffer.alloc(0))).toBe(true);
});

/** What arrives when `occurrence` is sent and answered with a bare 200. */
async function received(callback: Partial<HttpCallback>, occurrence: ClaimedOccurrence, sign?: Sign) {
  let seen: (IncomingMessage & { body: Buffer }) | undefined;
  const { url } = await receiver((request, response) => {
    seen = request;
    response.end();
  });
  const complete: HttpCallback = { protocol: 'HTTP', endpoint: url, ...callback };
  const result = await transport().send(complete, occurrence, () => undefined, sign);
  expect(result).toEqual({ kind: 'delivered' });
  return { headers: seen?.headers ?? {}, body: seen?.body ?? Buffer.alloc(0) };
}

test('headers tell lateness, tags and idempotency key, with percent-encoding where a header could not carry them', async () => {
  const told = {
    latenessMs: 12,
    tags: ['order', 'a b', '50%', 'größe'],
    idempotencyKey: 'order 7,\u{1f4a5}',
  };
  for (const format of ['RAW', 'ENVELOPE'] as const) {
    const { headers } = await received({ format }, anOccurrence(told));
    expect(headers).toMatchObject({
      'boomerang-lateness-ms': '12',
      'boomerang-tags': 'order,a%20b,50%25,gr%C3%B6%C3%9Fe',
      'boomerang-idempotency-key': 'order%207%2C%F0%9F%92%A5',
    });
  }
  const { headers } = await received({ format: 'RAW' }, anOccurrence());
  expect(Object.keys(headers).filter((name) => /lateness|tags|key/.test(name))).toEqual([]);
});

test.each([
  [undefined, 'application/octet-stream'],
  ['application/json; charset=utf-8', 'application/json; charset=utf-8'],
])(
  'a raw callback is the payload itself, of content type %s, and headers tell the rest',
  async (rawContentType, type) => {
    const payload = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    const occurrence = anOccurrence({ payload, occurrence: 7, attempt: 2 });
    const { headers, body } = await received(
      { format: 'RAW', ...(rawContentType ? { rawContentType } : {}) },
      occurrence,
    );
    expect(body.equals(payload)).toBe(true);
    expect(headers).toMatchObject({
      'content-type': type,
      'content-length': '256',
      'boomerang-client-id': occurrence.clientId,
      'boomerang-task-id': occurrence.taskId,
      'boomerang-occurrence': '7',
      'boomerang-attempt': '2',
      'boomerang-scheduled-time-ms': String(occurrence.scheduledTimeMs),
    });
    expect(headers).not.toHaveProperty('webhook-signature');
  },
);

test('a content type that fits no header is not sent, and never rejects', async () => {
  const { url, connections } = await receiver((_request, response) => void response.end());
  const callback = { protocol: 'HTTP', endpoint: url, format: 'RAW', rawContentType: 'a\r\nx: y' } as const;
  expect(await transport().send(callback, anOccurrence(), () => undefined)).toEqual({
    kind: 'retryable',
    errorClass: 'unsendable',
    error: 'content-type: "a\\r\\nx: y" fits no header',
  });
  expect(connections()).toBe(0);
});

test('a raw callback may be empty', async () => {
  const { headers, body } = await received({ format: 'RAW' }, anOccurrence({ payload: Buffer.alloc(0) }));
  expect(body).toHaveLength(0);
  expect(headers).toMatchObject({ 'content-length': '0' });
});

const signedBy = (keys: Buffer[], occurrence: ClaimedOccurrence) => signerOf(keys, occurrence, Date.now());

test('the signature of a raw callback verifies with each live secret by the published package, and with no other', async () => {
  const keys = [Buffer.alloc(32, 1), Buffer.alloc(24, 2)];
  const occurrence = anOccurrence({ payload: Buffer.from('{"price":"5 €"}'), occurrence: 3, attempt: 2 });
  const { headers, body } = await received({ format: 'RAW' }, occurrence, signedBy(keys, occurrence));
  const verify = (key: Buffer, text = body.toString()) =>
    new Webhook(formatWebhookSecret(key)).verify(text, headers as Record<string, string>);
  for (const key of keys) expect(verify(key)).toEqual({ price: '5 €' });
  expect(() => verify(Buffer.alloc(32, 3))).toThrow('No matching signature found');
  expect(() => verify(keys[0] as Buffer, `${body} `)).toThrow('No matching signature found');
  expect(headers).toMatchObject({
    'webhook-id': `${occurrence.taskId}:3`,
    'webhook-signature': expect.stringMatching(/^v1,\S+ v1,\S+$/),
  });
});

test('the headers of a signed envelope sign the body as it is, byte for byte', async () => {
  const key = Buffer.alloc(32, 1);
  const occurrence = anOccurrence({ payload: Buffer.from([0, 128, 255]) });
  const { headers, body } = await received({}, occurrence, signedBy([key], occurrence));
  const signed = Buffer.concat([
    Buffer.from(`${headers['webhook-id']}.${headers['webhook-timestamp']}.`),
    body,
  ]);
  const expected = createHmac('sha256', key).update(signed).digest('base64');
  expect(headers['webhook-signature']).toBe(`v1,${expected}`);
});

test('the fields of a signed envelope sign the payload, as those of every other wire', async () => {
  const key = Buffer.alloc(32, 1);
  const occurrence = anOccurrence({ payload: Buffer.from('{"a":1}') });
  const { body } = await received({}, occurrence, signedBy([key], occurrence));
  const { callbackRequest } = decodeEnvelope(body);
  const headers = {
    'webhook-id': callbackRequest?.webhookId ?? '',
    'webhook-timestamp': String(callbackRequest?.webhookTimestamp),
    'webhook-signature': callbackRequest?.webhookSignature ?? '',
  };
  const webhook = new Webhook(formatWebhookSecret(key));
  expect(webhook.verify('{"a":1}', headers)).toEqual({ a: 1 });
  expect(() => webhook.verify('{"a":2}', headers)).toThrow('No matching signature found');
});

test.each([
  ['application/x-protobuf', 'retryable'],
  ['Application/X-Protobuf; v=1', 'retryable'],
  ['application/octet-stream', 'delivered'],
  ['application/x-protobuffer', 'delivered'],
  ['', 'delivered'],
])('a raw receiver that answers an envelope as %j: %s', async (contentType, kind) => {
  const { url } = await receiver((_request, response) => {
    response.writeHead(200, contentType ? { 'content-type': contentType } : {});
    response.end(envelope(boomerang.Status.ERROR));
  });
  const callback = { protocol: 'HTTP', endpoint: url, format: 'RAW' } as const;
  expect(await transport().send(callback, anOccurrence(), () => undefined)).toMatchObject({ kind });
});

const envelope = (status: boomerang.Status, errorMessage = '') =>
  encodeEnvelope({ callbackResponse: { status, errorMessage } });

test.each([
  ['200 without a body', 200, '', Buffer.alloc(0)],
  ['204', 204, '', Buffer.alloc(0)],
  ['200 with an envelope that says OK', 200, 'application/x-protobuf', envelope(boomerang.Status.OK)],
  ['200 with text', 200, 'text/plain', Buffer.from('ok')],
  ['200 with bytes that are no envelope', 200, '', Buffer.from('zzz')],
  ['200 with a body longer than an answer may be', 200, '', Buffer.alloc(1_000_000, 1)],
])('%s is delivered', async (_what, status, contentType, body) => {
  const result = await answerTo((_request, response) => {
    response.writeHead(status, contentType ? { 'content-type': contentType } : {});
    response.end(body);
  });
  expect(result).toEqual({ kind: 'delivered' });
});

test.each([
  ['ERROR', envelope(boomerang.Status.ERROR, 'try later'), 'the receiver answered ERROR: try later'],
  ['SESSION_EXPIRED', envelope(boomerang.Status.SESSION_EXPIRED), 'the receiver answered SESSION_EXPIRED'],
  ['unknown', envelope(77 as boomerang.Status), 'the receiver answered status 77'],
])('200 with an envelope whose status is %s is a failure', async (_status, body, error) => {
  expect(await answerTo((_request, response) => response.end(body))).toEqual({
    kind: 'retryable',
    errorClass: 'rejected',
    error,
  });
});

test.each([301, 302, 307, 400, 404, 429, 500])(
  'status %d is a failure, and nothing is followed',
  async (status) => {
    let requests = 0;
    const result = await answerTo((_request, response) => {
      requests++;
      response.writeHead(status, { location: '/elsewhere' });
      response.end();
    });
    expect(result).toEqual({ kind: 'retryable', errorClass: 'rejected', error: `HTTP status ${status}` });
    expect(requests).toBe(1);
  },
);

test('a compressed answer is not decompressed', async () => {
  const bomb = gzipSync(envelope(boomerang.Status.ERROR));
  const result = await answerTo((_request, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' });
    response.end(bomb);
  });
  expect(result).toEqual({ kind: 'delivered' });
});

test.each([
  ['never answers', () => {}, 'no answer in time'],
  [
    'never ends its answer',
    (response: ServerResponse) => response.write('x'),
    'no end of the answer in time',
  ],
])('a receiver that %s fails the attempt after the timeout', async (_what, behave, error) => {
  const result = await answerTo((_request, response) => void behave(response), { timeoutMs: 200 });
  expect(result).toEqual({ kind: 'retryable', errorClass: 'timeout', error });
});

test.each([
  ['resets the connection', (socket: Socket) => socket.resetAndDestroy()],
  ['closes without an answer', (socket: Socket) => socket.destroy()],
  ['answers garbage', (socket: Socket) => socket.end('garbage\r\n\r\n')],
])('a receiver that %s fails the attempt, retryably', async (_what, behave) => {
  const result = await answerTo((request) => void behave(request.socket));
  expect(result).toMatchObject({
    kind: 'retryable',
    errorClass: expect.stringMatching(/connect|reset|protocol/),
    error: expect.stringMatching(/./),
  });
});

test('an endpoint that nobody listens on fails retryably, and works once somebody does', async () => {
  const { server, url } = await receiver((_request, response) => void response.end());
  const { port } = server.address() as AddressInfo;
  const shared = transport();
  await new Promise((resolve) => server.close(resolve));
  const attempt = () => shared.send({ protocol: 'HTTP', endpoint: url }, anOccurrence(), () => undefined);
  expect(await attempt()).toMatchObject({
    kind: 'retryable',
    error: expect.stringContaining('ECONNREFUSED'),
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  expect(await attempt()).toEqual({ kind: 'delivered' });
});

test.each([
  'http://127.0.0.1:1/',
  'http://localhost:1/',
  'http://[::1]:1/',
  'http://2130706433:1/',
  'http://[::ffff:127.0.0.1]:1/',
  'http://169.254.169.254/',
])('%s is refused for good when its address is not allowed', async (endpoint) => {
  const result = await send(endpoint, { allow: [] });
  expect(result).toMatchObject({
    kind: 'terminal',
    errorClass: 'address',
    error: expect.stringContaining('not allowed'),
  });
});

/** Resolves every name to one address after the other, the last one for good. */
function guardWhereNamesChange(...addresses: string[]) {
  return new AddressGuard(['127.0.0.2'], {
    resolve: (_name, _options, callback) => {
      const address = (addresses.length > 1 ? addresses.shift() : addresses[0]) as string;
      callback(null, [{ address, family: 4 }]);
    },
  });
}

test('a name that has changed since it was checked is refused, and nobody is called', async () => {
  const { url, connections } = await receiver((_request, response) => void response.end());
  const { port } = new URL(url);
  const guard = guardWhereNamesChange('8.8.8.8', '127.0.0.1');
  await guard.checkHost('rebound.example', Number(port), 10_000);
  expect(await send(`http://rebound.example:${port}/`, { guard })).toEqual({
    kind: 'retryable',
    errorClass: 'address',
    error: 'callbacks to rebound.example (loopback) are not allowed',
  });
  expect(connections()).toBe(0);
});

test('the address that was dialled counts, should a connection end somewhere else than was checked', async () => {
  const { url } = await receiver((_request, response) => void response.end());
  const { port } = new URL(url);
  const guard = guardWhereNamesChange('127.0.0.2');
  guard.lookupFor = () => (_name, _options, callback) =>
    callback(null, [{ address: '127.0.0.1', family: 4 }]);
  expect(await send(`http://misled.example:${port}/`, { guard })).toMatchObject({
    kind: 'retryable',
    errorClass: 'address',
  });
});

test('a redirect to an inside address is not followed', async () => {
  const target = await receiver((_request, response) => void response.end());
  const result = await answerTo((_request, response) => {
    response.writeHead(307, { location: target.url });
    response.end();
  });
  expect(result).toMatchObject({ kind: 'retryable', error: 'HTTP status 307' });
  expect(target.connections()).toBe(0);
});

test.each(['127.0.0.1', 'localhost', '127.8.8.8', '[::ffff:127.0.0.1]', 'a.example'])(
  'a port that is denied stays closed at %s, whatever is allowed',
  async (host) => {
    const { url, connections } = await receiver((_request, response) => void response.end());
    const { port } = new URL(url);
    const guard = new AddressGuard(['127.0.0.0/8', '::1'], {
      deny: [`127.0.0.1:${port}`],
      resolve: (_name, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]),
    });
    for (const scheme of ['http', 'https']) {
      expect(await send(`${scheme}://${host}:${port}/`, { guard })).toMatchObject({
        kind: host === 'a.example' ? 'retryable' : 'terminal',
        errorClass: 'address',
        error: expect.stringContaining('(denied)'),
      });
    }
    expect(connections()).toBe(0);
  },
);

test('nothing is written when there is an objection at the last moment, and later attempts work', async () => {
  let requests = 0;
  const { url } = await receiver((_request, response) => {
    requests++;
    response.end();
  });
  const shared = transport();
  const attempt = (objection: () => string | undefined) =>
    shared.send({ protocol: 'HTTP', endpoint: url }, anOccurrence(), objection);
  expect(await attempt(() => undefined)).toEqual({ kind: 'delivered' });
  expect(await attempt(() => 'the lease has ended')).toEqual({
    kind: 'not_sent',
    error: 'the lease has ended',
  });
  expect(await attempt(() => undefined)).toEqual({ kind: 'delivered' });
  expect(requests).toBe(2);
});

test('a receiver that closes idle connections at any moment costs no attempt', async () => {
  let answered = 0;
  const server = createTcpServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', () => {
      answered++;
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
      setTimeout(() => socket.destroy(), 5);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUps.push(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const shared = transport();
  for (let i = 0; i < 400; i++) {
    const result = await shared.send({ protocol: 'HTTP', endpoint: url }, anOccurrence(), () => undefined);
    expect(result).toEqual({ kind: 'delivered' });
    await new Promise((resolve) => setTimeout(resolve, i % 7));
  }
  expect(answered).toBeGreaterThanOrEqual(400);
});

test('a connection waits no longer for its next callback than the receiver wants to', async () => {
  const { server, url, connections } = await receiver((_request, response) => void response.end());
  server.keepAliveTimeout = 3_000;
  const shared = transport();
  const attempt = () => shared.send({ protocol: 'HTTP', endpoint: url }, anOccurrence(), () => undefined);
  const open = () => new Promise((resolve) => server.getConnections((_error, count) => resolve(count)));
  expect(await attempt()).toEqual({ kind: 'delivered' });
  expect(await attempt()).toEqual({ kind: 'delivered' });
  expect(connections()).toBe(1);
  // The worker closes the connection two seconds before its timeout; the receiver would do so a second later.
  await expect.poll(open, { timeout: 2_500 }).toBe(0);
  expect(await attempt()).toEqual({ kind: 'delivered' });
  expect(connections()).toBe(2);
});

test('connections are used again', async () => {
  const { url, connections } = await receiver((_request, response) => void response.end());
  const shared = transport();
  for (let i = 0; i < 20; i++) {
    await shared.send({ protocol: 'HTTP', endpoint: url }, anOccurrence(), () => undefined);
    await new Promise(setImmediate);
  }
  expect(connections()).toBe(1);
});
