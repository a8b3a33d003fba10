import { openSession, type SessionOptions } from '@boomerang/client';
import { boomerang, encodeFrame, MAX_FRAME_BYTES } from '@boomerang/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  connectTo,
  rawConnection,
  startTestGateway,
  type TestGateway,
} from '../../../test-support/test-gateway.js';

const { Status } = boomerang;
const callback = { protocol: 'HTTP', endpoint: 'http://192.0.2.1/cb' } as const;

let gateway: TestGateway;
let port: number;
let open: (options?: Partial<SessionOptions>) => ReturnType<typeof openSession>;

beforeAll(async () => {
  gateway = await startTestGateway();
  port = await gateway.open();
  const connection = await connectTo(port);
  open = (options) => openSession(connection, { token: gateway.tokens.shop, callback, ...options });
});
afterAll(() => gateway.stop());

describe('on one connection', () => {
  test('pipelined requests of all kinds are answered in order, with the ids that they carry', async () => {
    const { sessionId } = await open();
    const { socket, received } = await rawConnection(port);
    const frames = Array.from({ length: 500 }, (_, i) => {
      const requestId = i + 1;
      if (i % 3 === 0) return encodeFrame({ sessionId, requestId, registrationRequest: { delayMs: 60_000 } });
      if (i % 3 === 1) return encodeFrame({ sessionId, requestId, getTaskRequest: { taskId: 'x' } });
      return encodeFrame({ requestId, sessionRefresh: {} });
    });
    socket.write(Buffer.concat(frames));
    await expect.poll(() => received.length, { timeout: 5_000 }).toBe(500);
    expect(received.map(({ requestId }) => requestId)).toEqual(Array.from({ length: 500 }, (_, i) => i + 1));
    const kinds = ['registrationResponse', 'getTaskResponse', 'sessionRefreshResponse'];
    expect(received.every(({ payload }, i) => payload === kinds[i % 3])).toBe(true);
    socket.destroy();
  });

  test('a request id that could only be echoed as another one is refused, with none', async () => {
    const { sessionId } = await open();
    const { socket, received } = await rawConnection(port);
    const requests = [2 ** 53, 2 ** 53 + 2, 2 ** 64 - 2 ** 11, 2 ** 53 - 1].map((requestId) =>
      encodeFrame({ sessionId, requestId, sessionRefresh: {} }),
    );
    socket.write(Buffer.concat(requests));
    await expect.poll(() => received.length).toBe(4);
    expect(received.map(({ requestId }) => requestId)).toEqual([0, 0, 0, 2 ** 53 - 1]);
    expect(received.map(({ sessionRefreshResponse: answer }) => answer?.status)).toEqual([
      ...Array.from({ length: 3 }, () => Status.INVALID_REQUEST),
      Status.OK,
    ]);
    expect(received[0]?.sessionRefreshResponse?.errorMessage).toBe(
      'request_id: it is out of range; allowed: 1 to 9007199254740991, or none',
    );
    socket.destroy();
  });

  test.each([
    ['that can not be parsed', Buffer.from([0, 0, 0, 3, 0xff, 0xff, 0xff]), 'MALFORMED_ENVELOPE'],
    ['that announces too much', Buffer.from([0xff, 0xff, 0xff, 0xff]), 'FRAME_TOO_LARGE'],
    ['that announces one byte too much', lengthOnly(MAX_FRAME_BYTES + 1), 'FRAME_TOO_LARGE'],
  ])(
    'a frame %s is told so behind the answers before it, and costs this connection only',
    async (_what, bad, code) => {
      const { sessionId } = await open();
      const { socket, received, closed } = await rawConnection(port);
      const good = encodeFrame({ sessionId, registrationRequest: { delayMs: 60_000 } });
      socket.write(Buffer.concat([good, good, bad, good]));
      await closed;
      expect(received.map(({ payload }) => payload)).toEqual([
        'registrationResponse',
        'registrationResponse',
        'errorResponse',
      ]);
      expect(received[2]?.errorResponse).toMatchObject({ status: Status.INVALID_REQUEST, code });
      expect(received[2]?.errorResponse?.errorMessage).toMatch(/./);
      await (await open()).setTimeout('still there', 60_000);
    },
  );

  test('an envelope that is no request is refused, and the connection goes on', async () => {
    const connection = await connectTo(port);
    for (const envelope of [{}, { authResponse: {} }, { callbackRequest: { taskId: 't' } }]) {
      const answer = await connection.request(envelope);
      expect(answer.errorResponse).toMatchObject({ status: Status.INVALID_REQUEST });
      expect(answer.errorResponse?.errorMessage).toMatch(/is not a request/);
    }
    await connection.close();
  });

  test('what was asked before the peer ended its side is still answered', async () => {
    const { sessionId } = await open();
    const { socket, received, closed } = await rawConnection(port);
    socket.end(encodeFrame({ sessionId, registrationRequest: { delayMs: 60_000 } }));
    await closed;
    expect(received.map(({ payload }) => payload)).toEqual(['registrationResponse']);
  });

  test('a peer that goes on sending after a refusal is cut', async () => {
    const { socket, received, closed } = await rawConnection(port, { allowHalfOpen: true });
    socket.write(Buffer.from([0xff, 0xff, 0xff, 0xff]));
    await expect.poll(() => received.length).toBe(1);
    const sending = setInterval(() => socket.write('more'), 10);
    await closed;
    clearInterval(sending);
    expect(received).toHaveLength(1);
  });

  test('a peer that asks for much and reads nothing costs little memory, and gets its answers when it reads', async () => {
    const session = await open();
    const { taskId } = await session.setTimeout(Buffer.alloc(1_000_000), 60_000);
    const { socket, received } = await rawConnection(port);
    socket.pause();
    const before = process.memoryUsage().rss;
    const get = encodeFrame({ sessionId: session.sessionId, getTaskRequest: { taskId } });
    socket.write(Buffer.concat(Array.from({ length: 300 }, () => get)));
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1_048_576);
    socket.resume();
    await expect.poll(() => received.length, { timeout: 80_000 }).toBe(300);
    socket.destroy();
  }, 90_000);

  test('a peer that vanishes in the middle of a frame harms nobody', async () => {
    const { socket } = await rawConnection(port);
    socket.write(Buffer.from([0, 0, 1, 0, 1, 2, 3]));
    await new Promise((resolve) => setTimeout(resolve, 20));
    socket.resetAndDestroy();
    await (await open()).setTimeout('still there', 60_000);
  });
});

test('a gateway that drains is not held up by a peer that reads nothing', async () => {
  const draining = await startTestGateway();
  const { socket, received } = await rawConnection(await draining.open());
  socket.write(
    encodeFrame({
      authHandshake: {
        authToken: draining.tokens.shop,
        callback: { protocol: 2, endpoint: callback.endpoint },
      },
    }),
  );
  await expect.poll(() => received.length).toBe(1);
  const sessionId = received[0]?.authResponse?.sessionId ?? '';
  socket.write(
    encodeFrame({ sessionId, registrationRequest: { delayMs: 60_000, payload: Buffer.alloc(1_000_000) } }),
  );
  await expect.poll(() => received.length).toBe(2);
  socket.pause();
  const get = encodeFrame({
    sessionId,
    getTaskRequest: { taskId: received[1]?.registrationResponse?.taskId ?? '' },
  });
  socket.write(Buffer.concat(Array.from({ length: 100 }, () => get)));
  await new Promise((resolve) => setTimeout(resolve, 500));
  const before = performance.now();
  await draining.stop();
  expect(performance.now() - before).toBeLessThan(10_000);
  socket.destroy();
});

test('a peer that ended its side and reads late gets all its answers', async () => {
  const session = await open();
  const { taskId } = await session.setTimeout(Buffer.alloc(1_000_000), 60_000);
  const { socket, received, closed } = await rawConnection(port, { allowHalfOpen: true });
  socket.pause();
  const get = encodeFrame({ sessionId: session.sessionId, getTaskRequest: { taskId } });
  socket.end(Buffer.concat(Array.from({ length: 12 }, () => get)));
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  socket.resume();
  await closed;
  expect(received).toHaveLength(12);
});

test('a gateway that drains answers what is in flight and closes', async () => {
  const draining = await startTestGateway();
  const { socket, received, closed } = await rawConnection(await draining.open());
  socket.write(encodeFrame({ authHandshake: { authToken: draining.tokens.shop } }));
  await expect.poll(() => received.length).toBe(1);
  const stopped = draining.stop();
  await closed;
  await stopped;
});

function lengthOnly(bytes: number): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt32BE(bytes);
  return header;
}
