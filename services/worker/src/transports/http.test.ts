import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { AddressGuard } from '@boomerang/address-guard';
import type { AttemptResult } from '@boomerang/domain';
import { boomerang, decodeEnvelope, encodeEnvelope } from '@boomerang/protocol';
import { afterEach, expect, test } from 'vitest';
import { anOccurrence } from '../../test-support/an-occurrence.js';
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
    endpointSlots: 4,
    callbackConnectTimeoutMs: connectTimeoutMs,
    callbackTimeoutMs: timeoutMs,
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
    kind: 'terminal',
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
    kind: 'terminal',
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
        kind: 'terminal',
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

test('connections are used again', async () => {
  const { url, connections } = await receiver((_request, response) => void response.end());
  const shared = transport();
  for (let i = 0; i < 20; i++) {
    await shared.send({ protocol: 'HTTP', endpoint: url }, anOccurrence(), () => undefined);
    await new Promise(setImmediate);
  }
  expect(connections()).toBe(1);
});
