import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { boomerang, encodeFrame } from '@boomerang/protocol';
import { selfSignedCertificate } from '@boomerang/testkit';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { closeFakeGateways, fakeGateway, listen, unusedPort } from '../../test-support/fake-gateway.js';
import { type ConnectOptions, connect } from './connect.js';
import type { ConnectionClosedError } from './connection-closed-error.js';
import type { RequestEnvelope } from './request-envelope.js';

afterEach(() => {
  vi.useRealTimers();
  closeFakeGateways();
});

const request: RequestEnvelope = { getTaskRequest: { taskId: 't' } };

/** A connection, and what its `onClose` is given. */
async function watched(options: ConnectOptions) {
  let tell: (error: ConnectionClosedError | undefined) => void = () => undefined;
  const closed = new Promise<ConnectionClosedError | undefined>((resolve) => {
    tell = resolve;
  });
  return { connection: await connect({ ...options, onClose: tell }), closed };
}

const endings: Record<string, [(socket: Socket) => void, { code: string; message: RegExp }]> = {
  'that the gateway ends': [
    (socket) => socket.end(),
    {
      code: 'closed_by_gateway',
      message: /^the connection is closed: the gateway at 127\.0\.0\.1:\d+ ended it; .*resumeSession/,
    },
  ],
  'that is reset': [
    (socket) => socket.resetAndDestroy(),
    { code: 'connection_lost', message: /was lost \(read ECONNRESET\); .*connect again with connect\(\)/ },
  ],
  'that is refused with a reason': [
    (socket) =>
      socket.end(
        Buffer.concat([
          encodeFrame({ getTaskResponse: {} }),
          encodeFrame({ errorResponse: { status: boomerang.Status.ERROR, errorMessage: 'too many' } }),
        ]),
      ),
    { code: 'refused_by_gateway', message: /the gateway at .* ended it: too many$/ },
  ],
  'to an HTTP server': [
    (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
    { code: 'not_a_gateway', message: /is no gateway: it answers in HTTP; .*BOOMERANG_TCP_PORT.*9973/ },
  ],
  'to a TLS server': [
    (socket) => socket.end(Buffer.from('15030300020246', 'hex')),
    { code: 'not_a_gateway', message: /is no gateway: it answers in TLS; .*9973/ },
  ],
  'to a Redis': [
    (socket) => socket.end('-ERR unknown command\r\n'),
    { code: 'not_a_gateway', message: /a text that begins with "-ERR"; .*9973/ },
  ],
};

describe.each(Object.entries(endings))('a connection %s', (_what, [end, { code, message }]) => {
  test('tells so to whom it concerns, and what to do', async () => {
    const { port } = await fakeGateway((_request, socket) => end(socket));
    const { connection, closed } = await watched({ port });
    const unanswered = connection.request(request);
    await unanswered.catch(() => undefined);
    const error = await closed;
    expect(error).toMatchObject({ code, retry: 'safe', message: expect.stringMatching(message) });
    const late = connection.request(request);
    await expect(late).rejects.toMatchObject({ code, retry: 'safe' });
    await expect(late).rejects.toThrow('this request was not sent');
    if (code === 'refused_by_gateway') return;
    await expect(unanswered).rejects.toMatchObject({ code, retry: 'unsafe' });
    await expect(unanswered).rejects.toThrow('whether this request was carried out is not known');
  });
});

describe('a connection that is closed here', () => {
  test('tells nothing to onClose, and what is asked for too late that it was closed', async () => {
    const { port } = await fakeGateway(() => undefined);
    const { connection, closed } = await watched({ port });
    const unanswered = connection.request(request);
    unanswered.catch(() => undefined);
    await connection.close();
    expect(await closed).toBeUndefined();
    await expect(unanswered).rejects.toMatchObject({ code: 'closed_here', retry: 'unsafe' });
    await expect(connection.request(request)).rejects.toMatchObject({
      code: 'closed_here',
      retry: 'safe',
    });
  });

  test('does not wait for ever for a gateway that reads nothing', async () => {
    const port = await listen((socket) => socket.pause());
    const { connection, closed } = await watched({ port });
    const registrationRequest = { payload: Buffer.alloc(4_000) };
    for (let i = 0; i < 10_000; i++) connection.request({ registrationRequest }).catch(() => undefined);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    let over = false;
    const closing = connection.close().then(() => {
      over = true;
    });
    vi.advanceTimersByTime(4_999);
    await new Promise((resolve) => setImmediate(resolve));
    expect(over).toBe(false);
    vi.advanceTimersByTime(1);
    await closing;
    expect(await closed).toBeUndefined();
  });
});

describe('a connection that cannot be made', () => {
  const tls = true;

  test('because nothing listens there', async () => {
    const port = await unusedPort();
    const connecting = connect({ port });
    await expect(connecting).rejects.toMatchObject({ name: 'ConnectError', code: 'unreachable' });
    await expect(connecting).rejects.toThrow(
      `no connection to 127.0.0.1:${port}: nothing listens there: is the gateway running, and is this the gateway's ` +
        'port for envelopes over TCP (BOOMERANG_TCP_PORT, by default 9973)?',
    );
  });

  test('because the name is not known', async () => {
    await expect(connect({ host: 'no-such-host.invalid' })).rejects.toMatchObject({ code: 'unreachable' });
  });

  test('because what listens there speaks no TLS', async () => {
    const server = createHttpServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port: http } = server.address() as AddressInfo;
    const refusal = { errorResponse: { errorMessage: 'this port speaks no TLS' } };
    const frames = await listen((socket) => socket.once('data', () => socket.end(encodeFrame(refusal))));
    for (const port of [http, frames]) {
      const connecting = connect({ port, tls });
      await expect(connecting).rejects.toMatchObject({ code: 'tls_failed' });
      await expect(connecting).rejects.toThrow(/does not speak TLS: connect without the option tls/);
    }
    server.close();
  });

  test('because what listens there ends the handshake', async () => {
    const port = await listen((socket) => socket.once('data', () => socket.end()));
    await expect(connect({ port, tls })).rejects.toMatchObject({ code: 'tls_failed' });
  });

  test('because the certificate is nobody’s whom we trust, or for another name', async () => {
    const { key, cert } = selfSignedCertificate();
    const server = createTlsServer({ key, cert }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await expect(connect({ port, tls })).rejects.toThrow(/give that authority's certificate as tls\.ca/);
    const other = connect({ port, tls: { ca: cert, serverName: 'elsewhere.test' } });
    await expect(other).rejects.toThrow(/is for other names: give one of them as tls\.serverName/);
    server.close();
  });

  test('in time, or before the caller gives up', async () => {
    const silent = await listen(() => undefined);
    const connecting = connect({ port: silent, tls, timeoutMs: 50 });
    await expect(connecting).rejects.toMatchObject({ name: 'ConnectError', code: 'timeout' });
    await expect(connecting).rejects.toThrow(`no connection to 127.0.0.1:${silent} within 50 ms`);
    const reason = new Error('changed my mind');
    await expect(connect({ port: silent, tls, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const giveUp = new AbortController();
    const aborted = connect({ port: silent, tls, signal: giveUp.signal });
    giveUp.abort(reason);
    await expect(aborted).rejects.toBe(reason);
  });
});
