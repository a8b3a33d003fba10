import { openSession, type SessionOptions } from '@boomerang/client';
import { boomerang, encodeFrame, MAX_FRAME_BYTES } from '@boomerang/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  connectTo,
  rawConnection,
  startTestGateway,
  type TestGateway,
} from '../test-support/test-gateway.js';

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

async function handshake(authHandshake: boomerang.AuthHandshake.$Properties) {
  const connection = await connectTo(port);
  const { authResponse } = await connection.request({
    authHandshake: { authToken: gateway.tokens.shop, ...authHandshake },
  });
  await connection.close();
  return authResponse as boomerang.AuthResponse.$Properties;
}

describe('a handshake', () => {
  test('opens a session with an id and an expiry', async () => {
    const answer = await handshake({ callback: { protocol: 2, endpoint: 'https://example.com/cb' } });
    expect(answer.status).toBe(Status.OK);
    expect(answer.sessionId).toMatch(/^[0-9a-f-]{36}$/);
    expect(Math.abs((answer.expiresAtMs ?? 0) - Date.now() - 60_000)).toBeLessThan(2_000);
  });

  test.each(['', 'x', `bmr_unknown_${'s'.repeat(32)}`])(
    'with the key %j is unauthorized',
    async (authToken) => {
      const answer = await handshake({ authToken });
      expect(answer).toMatchObject({
        status: Status.UNAUTHORIZED,
        errorMessage: 'auth_token: unknown or wrong key',
      });
      expect(answer.sessionId).toBe('');
    },
  );

  const http = (endpoint: string) => ({ callback: { protocol: 2, endpoint } });
  const ok = http('http://example.com/');
  const exponential = { strategy: 1 };
  test.each<[string, RegExp, boomerang.AuthHandshake.$Properties]>([
    [
      'an unknown protocol',
      /^callback.protocol: unknown protocol 9; allowed: HTTP/,
      { callback: { protocol: 9 as 2, endpoint: 'x' } },
    ],
    [
      'a protocol that is not served',
      /^callback.protocol: TCP callbacks are not served yet/,
      { callback: { endpoint: '127.0.0.1:1' } },
    ],
    ['no endpoint', /^callback.endpoint: "" is not a URL; allowed: an http/, http('')],
    ['a malformed endpoint', /^callback.endpoint: "http:\/\/" is not a URL/, http('http://')],
    ['a path alone', /^callback.endpoint: .* is not a URL/, http('/cb')],
    ['another scheme', /^callback.endpoint: the scheme of .* is not for HTTP/, http('ftp://example.com/')],
    ['a URL without slashes', /^callback.endpoint: .* has no host/, http('http:example.com')],
    ['a port out of range', /^callback.endpoint: .* is not a URL/, http('http://example.com:65536/')],
    ['port 0', /^callback.endpoint: port 0/, http('http://example.com:0/')],
    ['credentials', /^callback.endpoint: it carries a user/, http('http://u:p@example.com/')],
    ['a fragment', /^callback.endpoint: it carries a fragment/, http('http://example.com/#x')],
    ['a blank in the endpoint', /^callback.endpoint: .* is not a URL/, http('http://example.com/a b')],
    [
      'a line break in the endpoint',
      /^callback.endpoint: .* is not a URL/,
      http('http://example.com/\r\nx: y'),
    ],
    [
      'an endless endpoint',
      /^callback.endpoint: 3019 characters/,
      http(`http://example.com/${'x'.repeat(3_000)}`),
    ],
    [
      '101 attempts',
      /^retry.max_attempts: 101 is out of range; allowed: a whole number from 1 to 100/,
      { ...ok, retry: { maxAttempts: 101 } },
    ],
    [
      'an interval above 24 h',
      /^retry.interval_ms: 86400001 is out of range/,
      { ...ok, retry: { intervalMs: 86_400_001 } },
    ],
    [
      'an interval above its cap',
      /^retry.interval_ms: 2000 is above its cap/,
      { ...ok, retry: { ...exponential, intervalMs: 2_000, maxIntervalMs: 1_000 } },
    ],
    [
      'a cap above 24 h',
      /^retry.max_interval_ms: 86400001 is out of range/,
      { ...ok, retry: { ...exponential, maxIntervalMs: 86_400_001 } },
    ],
    [
      'an unknown strategy',
      /^retry.strategy: unknown strategy 7; allowed: FIXED \(0\) or EXPONENTIAL/,
      { ...ok, retry: { strategy: 7 as 1 } },
    ],
    [
      'an unparsable destination',
      /^dlq.destination: ".*" is not a bucket name; allowed/,
      { ...ok, dlq: { destination: 'a b://' } },
    ],
  ])('with %s is refused with the field and what is allowed', async (_what, message, policy) => {
    const answer = await handshake(policy);
    expect(answer.status).toBe(Status.INVALID_REQUEST);
    expect(answer.errorMessage).toMatch(message);
    expect(answer.errorMessage).toMatch(/; allowed: ./);
  });

  test('under FIXED ignores the cap', async () => {
    const answer = await handshake({ ...ok, retry: { intervalMs: 90_000, maxIntervalMs: 1 } });
    expect(answer.status).toBe(Status.OK);
  });
});

describe('a registration', () => {
  test.each([
    [
      'a delay above ten years',
      { delayMs: 315_576_000_001 },
      /^delay_ms: 315576000001 is out of range; allowed/,
    ],
    ['a delay above 2^53', { delayMs: 2 ** 63 }, /^delay_ms: .* is out of range; allowed/],
    [
      'an interval below 100 ms',
      { repeatIntervalMs: 99 },
      /^repeat_interval_ms: 99 is out of range; allowed: 0 \(once\) or/,
    ],
    ['an interval above ten years', { repeatIntervalMs: 315_576_000_001 }, /^repeat_interval_ms: /],
    [
      'a payload above 1 MiB',
      { payload: Buffer.alloc(1_048_577) },
      /^payload: 1048577 bytes; allowed: at most 1048576/,
    ],
  ])('with %s is refused with the field and what is allowed', async (_what, registrationRequest, message) => {
    const { sessionId } = await open();
    const connection = await connectTo(port);
    const { registrationResponse } = await connection.request({ sessionId, registrationRequest });
    expect(registrationResponse).toMatchObject({ status: Status.INVALID_REQUEST, taskId: '' });
    expect(registrationResponse?.errorMessage).toMatch(message);
    await connection.close();
  });

  test('at its limits is accepted', async () => {
    const session = await open();
    await session.setTimeout(Buffer.alloc(1_048_576), 315_576_000_000);
    await session.setInterval('', 100, { delayMs: 315_576_000_000 });
  });

  test('in a session without a callback is refused; such a session can still manage tasks', async () => {
    const { taskId } = await (await open()).setTimeout('x', 60_000);
    const connection = await connectTo(port);
    const manager = await openSession(connection, { token: gateway.tokens.shop });
    await expect(manager.setTimeout('x', 1_000)).rejects.toMatchObject({ status: 'INVALID_REQUEST' });
    expect(await manager.get(taskId)).toMatchObject({ taskId });
    expect(await manager.cancel(taskId)).toEqual({ attemptUnderWay: false });
    await connection.close();
  });
});

describe('sessions', () => {
  const requests: boomerang.BoomerangEnvelope.$Properties[] = [
    { registrationRequest: {} },
    { cancellationRequest: { taskId: 't' } },
    { getTaskRequest: { taskId: 't' } },
    { listTasksRequest: {} },
    { sessionRefresh: {} },
  ];

  test.each([
    ['without a session id', '', Status.UNAUTHORIZED],
    ['with an unknown session id', '0b8f3f0e-8d0f-4c53-9a51-0d0f4a9c7e11', Status.SESSION_EXPIRED],
  ])('every request %s is refused in its own response', async (_what, sessionId, status) => {
    const connection = await connectTo(port);
    for (const request of requests) {
      const answer = await connection.request({ sessionId, ...request });
      const name = answer.payload as 'getTaskResponse';
      expect(answer[name]).toMatchObject({ status });
    }
    await connection.close();
  });

  test('can be used from any connection of any gateway, and stop working within a second everywhere', async () => {
    const { sessionId } = await open();
    const [here, there] = [await connectTo(port), await connectTo(await gateway.open())];
    const list = async (connection: typeof here) =>
      (await connection.request({ sessionId, listTasksRequest: {} })).listTasksResponse?.status;
    expect(await list(here)).toBe(Status.OK);
    expect(await list(there)).toBe(Status.OK);
    await gateway.redis.del(`boomerang:session:${sessionId}`);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(await list(here)).toBe(Status.SESSION_EXPIRED);
    expect(await list(there)).toBe(Status.SESSION_EXPIRED);
    await here.close();
    await there.close();
  });

  test('are checked without asking Redis each time', async () => {
    const session = await open();
    await session.setTimeout('x', 60_000);
    const gets = async () =>
      Number(/cmdstat_get:calls=(\d+)/.exec(await gateway.redis.info('commandstats'))?.[1]);
    const before = await gets();
    for (let i = 0; i < 50; i++) await expect(session.cancel('t')).rejects.toThrow();
    expect((await gets()) - before).toBeLessThanOrEqual(2);
  });
});

test("a client can not see, cancel or list another one's tasks", async () => {
  const { taskId } = await (await open()).setTimeout('secret', 60_000);
  const connection = await connectTo(port);
  const rival = await openSession(connection, { token: gateway.tokens.rival, callback });
  const noSuchTask = { status: 'INVALID_REQUEST', message: expect.stringContaining('no such task') };
  await expect(rival.get(taskId)).rejects.toMatchObject(noSuchTask);
  await expect(rival.cancel(taskId)).rejects.toMatchObject(noSuchTask);
  expect((await rival.list()).tasks).toEqual([]);
  const asShop = { sessionId: rival.sessionId, listTasksRequest: { clientId: 'shop' } };
  expect((await connection.request(asShop)).listTasksResponse).toMatchObject({
    status: Status.INVALID_REQUEST,
    tasks: [],
  });
  await connection.close();
});

test('a list is paged, and a forged page token is refused', async () => {
  const session = await open();
  const connection = await connectTo(port);
  const list = async (listTasksRequest: object) =>
    (await connection.request({ sessionId: session.sessionId, listTasksRequest })).listTasksResponse;
  for (let i = 0; i < 3; i++) await session.setTimeout('x', 30_000 + i);
  const first = await list({ limit: 2 });
  expect(first?.tasks).toHaveLength(2);
  expect((await list({ limit: 1_000, nextToken: first?.nextToken ?? '' }))?.tasks?.length).toBeGreaterThan(0);
  for (const [request, message] of [
    [{ nextToken: 'forged' }, /^next_token: it is not a page token; allowed/],
    [{ limit: 1_001 }, /^limit: 1001 is out of range; allowed/],
    [{ scheduledAfter: 2 ** 60 }, /^scheduled_after: .* is out of range/],
  ] as const) {
    const answer = await list(request);
    expect(answer).toMatchObject({ status: Status.INVALID_REQUEST });
    expect(answer?.errorMessage).toMatch(message);
  }
  await connection.close();
});

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
    await expect.poll(() => received.length, { timeout: 15_000 }).toBe(300);
    socket.destroy();
  });

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
