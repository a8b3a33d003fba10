import {
  constants,
  createSecureServer,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { AddressGuard } from '@boomerang/address-guard';
import { boomerang } from '@boomerang/protocol';
import { selfSignedCertificate } from '@boomerang/testkit';
import { afterEach, expect, test } from 'vitest';
import { anOccurrence } from '../../../test-support/an-occurrence.js';
import { createGrpcTransport } from './grpc.js';
import { encodeGrpcMessage } from './judge-grpc-response.js';

type Handle = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void;

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function listen(server: Server | Http2Server) {
  const open = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    connections++;
    open.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  cleanUps.push(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, connections: () => connections };
}

async function serve(handle: Handle, settings = {}) {
  const server = createServer({ settings });
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    stream.resume();
    handle(stream, headers);
  });
  return listen(server);
}

function attempts(endpoint: string | number, connectTimeoutMs = 5_000) {
  const transport = createGrpcTransport({
    guard: new AddressGuard(['127.0.0.0/8', '::1']),
    callbackConnectTimeoutMs: connectTimeoutMs,
    callbackTimeoutMs: 10_000,
    callbackIdleMs: 10_000,
  });
  cleanUps.push(() => transport.close());
  const callback = { protocol: 'GRPC', endpoint: String(endpoint).replace(/^\d+$/, '127.0.0.1:$&') } as const;
  return () => transport.send(callback, anOccurrence(), () => undefined);
}

const OK = encodeGrpcMessage(boomerang.CallbackResponse.encode({}).finish());

function answer(stream: ServerHttp2Stream, body: Uint8Array = OK, trailers: object = { 'grpc-status': '0' }) {
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ ...trailers }));
  stream.end(body);
}

function answerStatus(stream: ServerHttp2Stream, status: string, message: string) {
  const headers = { 'content-type': 'application/grpc', 'grpc-status': status, 'grpc-message': message };
  stream.respond({ ':status': 200, ...headers }, { endStream: true });
}

test('a call names the method, its deadline and all that identifies the attempt', async () => {
  let seen: IncomingHttpHeaders = {};
  const { port } = await serve((stream, headers) => {
    seen = headers;
    answer(stream);
  });
  expect(await attempts(port)()).toEqual({ kind: 'delivered' });
  expect(seen).toMatchObject({
    ':method': 'POST',
    ':path': '/boomerang.BoomerangCallback/OnTaskExpired',
    ':authority': `127.0.0.1:${port}`,
    te: 'trailers',
    'content-type': 'application/grpc',
    'boomerang-task-id': anOccurrence().taskId,
    'boomerang-attempt': '1',
  });
  expect(seen['grpc-timeout']).toMatch(/^(9\d{3}|10000)m$/);
});

test.each<[string, Handle, { errorClass: string; error: string }]>([
  [
    'a status without a message',
    (stream) => answerStatus(stream, '14', 'back%20at%20noon'),
    { errorClass: 'rejected', error: 'the receiver answered UNAVAILABLE: back at noon' },
  ],
  [
    'a status after a message',
    (stream) => answer(stream, OK, { 'grpc-status': '13' }),
    { errorClass: 'rejected', error: 'the receiver answered INTERNAL' },
  ],
  [
    'the end of the deadline',
    (stream) => answerStatus(stream, '4', ''),
    { errorClass: 'timeout', error: 'the receiver answered DEADLINE_EXCEEDED' },
  ],
  [
    'an HTTP status',
    (stream) => stream.respond({ ':status': 404, 'content-type': 'text/html' }, { endStream: true }),
    { errorClass: 'rejected', error: 'HTTP status 404' },
  ],
  [
    'a page',
    (stream) => {
      stream.respond({ ':status': 200, 'content-type': 'text/html' });
      stream.end('<p>');
    },
    { errorClass: 'protocol', error: 'the answer\'s content type is "text/html"' },
  ],
  [
    'no status',
    (stream) => answer(stream, OK, {}),
    { errorClass: 'protocol', error: 'the answer has no grpc-status' },
  ],
  [
    'no message',
    (stream) => answer(stream, Buffer.alloc(0)),
    { errorClass: 'protocol', error: '0 bytes are not one gRPC message' },
  ],
  [
    'two messages',
    (stream) => answer(stream, Buffer.concat([OK, OK])),
    { errorClass: 'protocol', error: '10 bytes are not one gRPC message' },
  ],
  [
    'a compressed message',
    (stream) => answer(stream, Buffer.from([1, 0, 0, 0, 0])),
    { errorClass: 'protocol', error: 'the answer is compressed' },
  ],
])('%s fails the attempt', async (_what, handle, expected) => {
  const { port } = await serve(handle);
  expect(await attempts(port)()).toEqual({ kind: 'retryable', ...expected });
});

test('a receiver that goes away with any answer costs no attempt, and finishes what it has taken', async () => {
  const { port, connections } = await serve((stream) => {
    stream.session?.goaway();
    setTimeout(() => answer(stream), 5);
  });
  const attempt = attempts(port);
  for (let i = 0; i < 40; i++) expect(await attempt()).toEqual({ kind: 'delivered' });
  expect(connections()).toBe(40);
});

test('a call that the receiver refused unseen is made once more, on a fresh connection', async () => {
  let calls = 0;
  const { port, connections } = await serve((stream) => {
    if (calls++ === 0) stream.close(constants.NGHTTP2_REFUSED_STREAM);
    else answer(stream);
  });
  expect(await attempts(port)()).toEqual({ kind: 'delivered' });
  expect([calls, connections()]).toEqual([2, 2]);
});

test('a receiver that refuses every call fails the attempt', async () => {
  let calls = 0;
  const { port } = await serve((stream) => {
    calls++;
    stream.close(constants.NGHTTP2_REFUSED_STREAM);
  });
  expect(await attempts(port)()).toMatchObject({ kind: 'retryable', errorClass: 'reset' });
  expect(calls).toBe(2);
});

test('a receiver that takes few calls on a connection is given more connections', async () => {
  const slow: Handle = (stream) => setTimeout(() => answer(stream), 300);
  const { port, connections } = await serve(slow, { maxConcurrentStreams: 2 });
  const attempt = attempts(port);
  const results = await Promise.all(Array.from({ length: 6 }, attempt));
  expect(results).toEqual(Array.from({ length: 6 }, () => ({ kind: 'delivered' })));
  expect(connections()).toBe(3);
});

test('a receiver that takes no calls at all fails the attempt', async () => {
  const { port } = await serve((stream) => answer(stream), { maxConcurrentStreams: 0 });
  expect(await attempts(port)()).toMatchObject({
    errorClass: 'rejected',
    error: 'the receiver takes no calls',
  });
});

test.each<[string, (socket: Socket) => void, string]>([
  ['says nothing', () => undefined, 'timeout'],
  ['speaks no HTTP/2', (socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'), 'protocol'],
  ['hangs up', (socket) => socket.end(), 'reset'],
])('a receiver that %s fails the attempt', async (_what, behave, errorClass) => {
  const server = createTcpServer((socket) => {
    socket.resume();
    behave(socket);
  });
  const { port } = await listen(server);
  expect(await attempts(port, 400)()).toMatchObject({ kind: 'retryable', errorClass });
});

test('a certificate that nobody trusts is no connection', async () => {
  const server = createSecureServer(selfSignedCertificate());
  server.on('sessionError', () => undefined);
  const { port } = await listen(server);
  expect(await attempts(`grpcs://localhost:${port}`)()).toMatchObject({
    kind: 'retryable',
    errorClass: 'connect',
    error: expect.stringContaining('DEPTH_ZERO_SELF_SIGNED_CERT'),
  });
});
