import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { AddressGuard } from '@boomerang/address-guard';
import { selfSignedCertificate } from '@boomerang/testkit';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { anOccurrence } from '../../../test-support/an-occurrence.js';
import { type RawAnswer, startRawHttpReceiver } from '../../../test-support/receivers/raw-http.js';
import { createHttpTransport } from './http.js';

const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';
const DELIVERED = { kind: 'delivered' };

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function facing(answer: RawAnswer, { timeoutMs = 5_000, tls = false } = {}) {
  const receiver = await startRawHttpReceiver(answer, tls ? selfSignedCertificate() : undefined);
  const transport = createHttpTransport({
    guard: new AddressGuard(['127.0.0.1', '::1']),
    callbackConnectTimeoutMs: 5_000,
    callbackTimeoutMs: timeoutMs,
    callbackIdleMs: 5_000,
  });
  cleanUps.push(
    () => transport.close(),
    () => receiver.stop(),
  );
  const attempt = (payload: Uint8Array = Buffer.from('x'), endpoint = receiver.url) =>
    transport.send({ protocol: 'HTTP', endpoint }, anOccurrence({ payload }), () => undefined);
  return { receiver, attempt };
}

const failed = (errorClass: string, error: unknown) => ({ kind: 'retryable', errorClass, error });

/** Writes `bytes` again and again as long as they are taken; answers how many were. */
function pour(socket: Socket, bytes: Buffer, poured = { bytes: 0 }): { bytes: number } {
  if (socket.destroyed) return poured;
  poured.bytes += bytes.length;
  socket.write(bytes, () => pour(socket, bytes, poured));
  return poured;
}

describe('a receiver that', () => {
  test('answers a byte now and then has no more time than others', async () => {
    const { receiver, attempt } = await facing(
      (socket) => {
        const bytes = [...OK];
        const timer = setInterval(() => socket.write(bytes.shift() ?? ''), 20);
        socket.on('close', () => clearInterval(timer));
      },
      { timeoutMs: 400 },
    );
    expect(await attempt()).toEqual(failed('timeout', 'no end of the answer in time'));
    await expect.poll(() => receiver.open).toBe(0);
    expect(receiver.requests).toBe(1);
  });

  test.each([
    ['one header line', 'HTTP/1.1 200 OK\r\nx: ', 'x'.repeat(1_000)],
    ['header lines', 'HTTP/1.1 200 OK\r\n', 'a: b\r\n'.repeat(200)],
    ['interim answers', '', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(40)],
    ['empty lines', '', '\r\n'.repeat(500)],
    [
      'chunk extensions',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n',
      '1;abcdefgh\r\nx\r\n'.repeat(70),
    ],
    ['trailers', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n', 'a: b\r\n'.repeat(200)],
  ])('goes on with %s for ever is cut off early', async (_what, beginning, forEver) => {
    let poured = { bytes: 0 };
    const { receiver, attempt } = await facing((socket) => {
      socket.write(beginning);
      poured = pour(socket, Buffer.from(forEver));
    });
    const before = process.memoryUsage().arrayBuffers;
    const error = expect.stringMatching(/is longer than 65536 bytes$/);
    expect(await attempt()).toEqual(failed('protocol', error));
    await expect.poll(() => receiver.open).toBe(0);
    // The receiver can send as much as the system's socket buffers hold, even if nobody reads it.
    expect(poured.bytes).toBeLessThan(16_777_216);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8_388_608);
    expect(receiver.requests).toBe(1);
  });

  test('answers 64 MiB has acknowledged, and most of it is never taken', async () => {
    let poured = { bytes: 0 };
    const { receiver, attempt } = await facing((socket, request) => {
      if (request > 1) return void socket.write(OK);
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 67108864\r\n\r\n');
      poured = pour(socket, Buffer.alloc(65_536, 'x'));
    });
    expect(await attempt()).toEqual(DELIVERED);
    await expect.poll(() => receiver.open).toBe(0);
    expect(poured.bytes).toBeLessThan(16_777_216);
    expect(await attempt()).toEqual(DELIVERED);
    expect(receiver).toMatchObject({ requests: 2, connections: 2 });
  });

  test('announces a body that it does not send reserves nothing', async () => {
    const { attempt } = await facing(
      (socket) => void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9007199254740991\r\n\r\n'),
      { timeoutMs: 300 },
    );
    const before = process.memoryUsage().arrayBuffers;
    expect(await attempt()).toEqual(failed('timeout', 'no end of the answer in time'));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_048_576);
  });

  test('says something before it is asked loses that connection: it answers nothing', async () => {
    const { receiver, attempt } = await facing((socket, request) => {
      socket.write(OK);
      if (request === 1) setTimeout(() => socket.write('HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n'), 50);
    });
    expect(await attempt()).toEqual(DELIVERED);
    await expect.poll(() => receiver.open).toBe(0);
    expect(await attempt()).toEqual(DELIVERED);
    expect(receiver).toMatchObject({ requests: 2, connections: 2 });
  });

  test.each([
    ['200 OK', DELIVERED],
    ['413 Content Too Large', failed('rejected', 'HTTP status 413')],
  ])(
    'answers %s before it has read the request has answered, and the rest is not sent',
    async (status, result) => {
      let connections = 0;
      const server = createServer((socket) => {
        connections++;
        socket.on('error', () => undefined);
        socket.once('data', () => {
          socket.pause();
          socket.write(`HTTP/1.1 ${status}\r\ncontent-length: 0\r\n\r\n`);
        });
      });
      await once(server.listen(0, '127.0.0.1'), 'listening');
      cleanUps.push(() => server.close());
      const { attempt } = await facing(() => undefined);
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      for (const made of [1, 2]) {
        expect(await attempt(Buffer.alloc(33_554_432), url)).toEqual(result);
        expect(connections).toBe(made);
      }
    },
  );

  test.each([
    ['ends its side', (socket: Socket) => void socket.end(), 'the connection was closed before the answer'],
    ['resets', (socket: Socket) => void socket.resetAndDestroy(), 'read ECONNRESET'],
  ])('%s before any answer fails the attempt, which is not repeated', async (_how, end, error) => {
    const { receiver, attempt } = await facing(end);
    expect(await attempt()).toEqual(failed('reset', error));
    expect(receiver).toMatchObject({ requests: 1, connections: 1 });
  });

  test.each([
    ['ends its side', (socket: Socket) => void socket.end()],
    ['resets', (socket: Socket) => void socket.resetAndDestroy()],
  ])('%s after any number of bytes of an answer is never asked twice', async (_how, end) => {
    for (let bytes = 1; bytes < OK.length; bytes++) {
      const { receiver, attempt } = await facing((socket, request) => {
        // The first request is answered completely, so that the second one finds the connection in the pool.
        if (request === 1) socket.write(OK);
        else socket.write(OK.slice(0, bytes), () => setTimeout(() => end(socket), 5));
      });
      expect(await attempt()).toEqual(DELIVERED);
      expect(await attempt()).toEqual(failed('reset', expect.stringMatching(/./)));
      expect(receiver).toMatchObject({ requests: 2, connections: 1 });
    }
  });

  test.each([
    ['ends its side', (socket: Socket) => void socket.end()],
    ['resets', (socket: Socket) => void socket.resetAndDestroy()],
  ])('%s on a connection that had served, before any byte, is asked once more', async (_how, end) => {
    const { receiver, attempt } = await facing((socket, request) => {
      if (request === 2) end(socket);
      else socket.write(OK);
    });
    expect(await attempt()).toEqual(DELIVERED);
    expect(await attempt()).toEqual(DELIVERED);
    expect(receiver).toMatchObject({ requests: 3, connections: 2 });
  });

  test('refuses every connection that had served, and fresh ones too, is asked once more and no more', async () => {
    const { receiver, attempt } = await facing((socket, request) => {
      if (request === 1) socket.write(OK);
      else socket.end();
    });
    expect(await attempt()).toEqual(DELIVERED);
    expect(await attempt()).toEqual(failed('reset', 'the connection was closed before the answer'));
    expect(receiver).toMatchObject({ requests: 3, connections: 2 });
  });
});

describe('over TLS a receiver that', () => {
  /** As `NODE_EXTRA_CA_CERTS` of a worker would: it is read when a process starts. */
  const trusting = () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    cleanUps.push(() => vi.unstubAllEnvs());
  };

  test('has a certificate that nobody trusts is not connected to', async () => {
    const { receiver, attempt } = await facing((socket) => void socket.write(OK), { tls: true });
    const error = expect.stringContaining('DEPTH_ZERO_SELF_SIGNED_CERT');
    expect(await attempt()).toEqual(failed('connect', error));
    expect(receiver.requests).toBe(0);
  });

  test('answers on a connection is asked on it again', async () => {
    trusting();
    const names = new Set<unknown>();
    const answer = (socket: Socket) => {
      names.add((socket as TLSSocket & { servername: unknown }).servername);
      socket.write(OK);
    };
    const { receiver, attempt } = await facing(answer, { tls: true });
    for (let i = 0; i < 20; i++) expect(await attempt(Buffer.alloc(100_000))).toEqual(DELIVERED);
    expect(receiver).toMatchObject({ requests: 20, connections: 1 });
    expect([...names]).toEqual(['localhost']);
  });

  test.each([
    ['a whole answer', OK],
    ['a body that goes to the end of the connection', 'HTTP/1.1 200 OK\r\n\r\nok'],
  ])('ends the connection without close_notify behind %s has acknowledged', async (_what, answer) => {
    trusting();
    const { receiver, attempt } = await facing((socket) => withoutCloseNotify(socket, answer), { tls: true });
    expect(await attempt()).toEqual(DELIVERED);
    expect(receiver).toMatchObject({ requests: 1, connections: 1 });
  });

  test('ends the connection without close_notify in the middle of an answer has not', async () => {
    trusting();
    const { receiver, attempt } = await facing((socket) => withoutCloseNotify(socket, OK.slice(0, -1)), {
      tls: true,
    });
    const error = 'the connection was closed in the middle of the answer';
    expect(await attempt()).toEqual(failed('reset', error));
    expect(receiver).toMatchObject({ requests: 1, connections: 1 });
  });
});

/** Ends the TCP connection without ending the TLS connection on it. */
function withoutCloseNotify(socket: Socket, answer: string): void {
  const { _parent: beneath } = socket as unknown as { _parent: Socket };
  socket.write(answer, () => setTimeout(() => beneath.destroy(), 20));
}
