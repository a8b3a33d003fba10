import { once } from 'node:events';
import { get } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { get as getSecurely } from 'node:https';
import { connect, type Socket } from 'node:net';
import { connect as connectSecure } from 'node:tls';
import { decodeEnvelope, encodeEnvelope, encodeFrame, FrameDecoder } from '@boomerang/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { mountSecret, type SecretMount } from '../../../test-support/certificate-files.js';
import { LIVE_SESSION, openTestDoor, type TestDoor } from '../../../test-support/test-door.js';

let door: TestDoor;
let secret: SecretMount;
beforeAll(async () => {
  secret = await mountSecret();
});
afterEach(() => door.close());
afterAll(() => secret.remove());

/** All bytes that the gateway sends to a peer that begins with `bytes`, until it ends the connection. */
async function answerTo(beginning: Buffer | string, socket: Socket = connect(door.port)): Promise<Buffer> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.write(beginning);
  await once(socket, 'end');
  socket.end();
  return Buffer.concat(chunks);
}

function refusalIn(bytes: Buffer) {
  const [frame] = new FrameDecoder().push(bytes);
  return decodeEnvelope(frame as Buffer).errorResponse;
}

const HTTP_REFUSED =
  'HTTP came to a port for Boomerang envelopes over TCP: use a Boomerang client here; metrics and health are served on BOOMERANG_HTTP_PORT';

async function bodyOf(request: ReturnType<typeof get>): Promise<[status: number | undefined, body: string]> {
  const [response] = await once(request, 'response');
  let body = '';
  for await (const chunk of response) body += chunk;
  return [response.statusCode, body];
}

describe('who speaks HTTP', () => {
  test('is told in HTTP', async () => {
    door = await openTestDoor();
    expect(await bodyOf(get({ port: door.port, path: '/metrics' }))).toEqual([400, `${HTTP_REFUSED}\n`]);
    expect(await door.closedConnections()).toEqual({ http_unexpected: 1 });
  });

  test.each(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT'])(
    'is known by %s, with a body or without',
    async (method) => {
      door = await openTestDoor();
      const request = `${method} / HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\n${'x'.repeat(5_000)}`;
      expect(String(await answerTo(request))).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    },
  );

  test('is told so on a port that speaks TLS, inside TLS or plainly', async () => {
    door = await openTestDoor({ certificate: secret.files });
    const { port } = door;
    const request = getSecurely({ port, host: '127.0.0.1', servername: 'localhost', ca: secret.first.cert });
    expect(await bodyOf(request)).toEqual([400, `${HTTP_REFUSED}\n`]);
    expect(await bodyOf(get({ port }))).toEqual([400, `${HTTP_REFUSED}\n`]);
  });

  test('of version 2, as gRPC is, is told in that', async () => {
    door = await openTestDoor();
    const session = connectHttp2(`http://127.0.0.1:${door.port}`);
    session.on('error', () => undefined);
    session.request({ ':path': '/' }).on('error', () => undefined);
    const [, , reason] = await once(session, 'goaway');
    expect(String(reason)).toBe(HTTP_REFUSED);
    session.destroy();
    expect(await door.closedConnections()).toEqual({ http_unexpected: 1 });
  });
});

test('who speaks TLS to a port that does not is told both ways out', async () => {
  door = await openTestDoor();
  const secure = connectSecure({ port: door.port, host: '127.0.0.1' });
  await expect(once(secure, 'secureConnect')).rejects.toMatchObject({ code: 'ERR_SSL_WRONG_VERSION_NUMBER' });
  const hello = Buffer.from('16030100050100000100', 'hex');
  expect(refusalIn(await answerTo(hello))).toMatchObject({
    code: 'TLS_UNEXPECTED',
    errorMessage:
      'a TLS handshake came to a port that speaks plain TCP: connect without TLS, or have the gateway set up with BOOMERANG_TCP_TLS_CERT and BOOMERANG_TCP_TLS_KEY',
  });
});

test.each([
  ['an envelope', encodeFrame({ sessionId: LIVE_SESSION, sessionRefresh: {} })],
  ['a text', 'SSH-2.0-OpenSSH_9.2\r\n'],
  ['a byte', 'G'],
])('who speaks plainly to a port that speaks TLS is told so: %s', async (_what, bytes) => {
  door = await openTestDoor({ certificate: secret.files });
  expect(refusalIn(await answerTo(bytes))).toMatchObject({
    code: 'TLS_EXPECTED',
    errorMessage: 'plain bytes came to a port that speaks TLS: connect with TLS 1.2 or later',
  });
});

test.each([
  ['SSH-2.0-OpenSSH_9.2\r\n', '"SSH-"'],
  ['*1\r\n$4\r\nPING\r\n', '"*1\\r\\n"'],
  ['PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n', '"PROX"'],
])('who sends %j is told what came and what is expected', async (beginning, text) => {
  door = await openTestDoor();
  expect(refusalIn(await answerTo(beginning))).toMatchObject({
    code: 'FRAME_TOO_LARGE',
    errorMessage: `the text ${text} came where a length is expected: an envelope follows its length in bytes, which is 4 bytes, big-endian`,
  });
});

test('who leaves out the length of an envelope, or sends it the wrong way round, is told so', async () => {
  door = await openTestDoor();
  const bare = encodeEnvelope({ sessionId: LIVE_SESSION, sessionRefresh: {} });
  const frame = encodeFrame({ sessionId: LIVE_SESSION, sessionRefresh: {} });
  frame.writeUInt32LE(frame.readUInt32BE(0), 0);
  for (const bytes of [bare, frame]) {
    expect(refusalIn(await answerTo(bytes))?.errorMessage).toMatch(
      /^a frame of \d+ bytes was announced, at most 1114112 are allowed: an envelope follows its length in bytes, which is 4 bytes, big-endian$/,
    );
  }
});
