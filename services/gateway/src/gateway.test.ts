import { openSession, type SessionOptions } from '@boomerang/client';
import { boomerang, mostDatagramPayloadBytes } from '@boomerang/protocol';
import { globalKeys } from '@boomerang/redis';
import { waitFor } from '@boomerang/testkit';
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

  test('for raw bodies keeps format and content type with the session', async () => {
    const { sessionId } = await open({
      callback: { ...callback, format: 'RAW', rawContentType: 'text/csv' },
    });
    const stored = JSON.parse((await gateway.redis.get(globalKeys.session(sessionId))) ?? '') as {
      policy: string;
    };
    expect(JSON.parse(stored.policy)).toMatchObject({
      callback: { ...callback, format: 'RAW', rawContentType: 'text/csv' },
    });
  });

  test.each([
    ['TCP', { protocol: 0, endpoint: '8.8.8.8:1' }],
    ['gRPC', { protocol: 1, endpoint: '8.8.8.8:1' }],
    ['gRPC with TLS', { protocol: 1, endpoint: 'grpcs://[2606:4700::1111]:443' }],
    ['UDP', { protocol: 3, endpoint: '8.8.8.8:1' }],
    ['UDP with acks', { protocol: 3, endpoint: '8.8.8.8:1', udpAck: true }],
  ])('may ask for callbacks over %s', async (_protocol, wanted) => {
    expect(await handshake({ callback: wanted })).toMatchObject({ status: Status.OK });
  });

  const KEY_FORM =
    'a client\'s key: bmr_<key id: 1 to 64 letters, digits or "-">_<secret: 32 to 512 printable';
  test.each([
    ['', `auth_token: it is empty; allowed: ${KEY_FORM}`],
    ['secret', `auth_token: it has not the form of a key; allowed: ${KEY_FORM}`],
    [`bmr_secret_${'s'.repeat(32)}\n`, `auth_token: it has not the form of a key; allowed: ${KEY_FORM}`],
    [`bmr_secret_${'s'.repeat(32)}`, 'auth_token: unknown or wrong key'],
  ])('with the key %j is unauthorized and told why, but not what it was', async (authToken, message) => {
    const answer = await handshake({ authToken });
    expect(answer).toMatchObject({ status: Status.UNAUTHORIZED, code: 'unauthorized' });
    expect(answer.errorMessage).toContain(message);
    expect(answer.errorMessage).not.toContain('bmr_secret');
    expect(answer.errorMessage).not.toContain('"secret');
    expect(answer.sessionId).toBe('');
  });

  const http = (endpoint: string) => ({ callback: { protocol: 2, endpoint } });
  const ok = http('http://example.com/');
  const exponential = { strategy: 1 };
  test.each<[string, RegExp, boomerang.AuthHandshake.$Properties]>([
    [
      'an unknown protocol',
      /^callback.protocol: unknown protocol 9; allowed: TCP \(0\), GRPC \(1\), HTTP \(2\) or UDP \(3\)/,
      { callback: { protocol: 9 as 2, endpoint: 'x' } },
    ],
    [
      'a URL for TCP',
      /^callback.endpoint: "tcp:\/\/a:1" is not an endpoint for TCP; allowed: host:port/,
      { callback: { endpoint: 'tcp://a:1' } },
    ],
    [
      'acks over TCP',
      /^callback.udp_ack: given with TCP; allowed: only with UDP/,
      { callback: { endpoint: 'a:1', udpAck: true } },
    ],
    [
      'raw bodies over gRPC',
      /^callback.http_format: given with GRPC; allowed: only with HTTP/,
      { callback: { protocol: 1, endpoint: 'a:1', httpFormat: 1 } },
    ],
    [
      'an unknown format',
      /^callback.http_format: unknown format 9; allowed: ENVELOPE \(0\) or RAW \(1\)/,
      { callback: { ...ok.callback, httpFormat: 9 as 1 } },
    ],
    [
      'a content type for an envelope',
      /^callback.raw_content_type: .* allowed: only with http_format RAW/,
      { callback: { ...ok.callback, rawContentType: 'text/plain' } },
    ],
    [
      'a content type that would end its header',
      /^callback.raw_content_type: "a\/b\\r\\nx: y" is not a content type/,
      { callback: { ...ok.callback, httpFormat: 1, rawContentType: 'a/b\r\nx: y' } },
    ],
    [
      'an endpoint inside',
      /^callback.endpoint: callbacks to 169.254.169.254 \(linkLocal\) are not allowed; allowed: public addresses/,
      http('http://169.254.169.254/'),
    ],
    [
      'a destination inside',
      /^dlq.destination: callbacks to 10.0.0.1 \(private\) are not allowed; allowed: public addresses/,
      { ...ok, dlq: { destination: 'amqp://10.0.0.1/exchange/key' } },
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
      /^dlq.destination: the scheme of ".*; allowed/,
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
    [
      'a time and a delay',
      { atMs: 1_900_000_000_000, delayMs: 5 },
      /^delay_ms: 5; allowed: 0 where at_ms is set/,
    ],
    [
      'a time more than ten years ahead',
      { atMs: 5_000_000_000_000 },
      /^at_ms: 5000000000000 is out of range/,
    ],
    ['a time and a calendar', { atMs: 1_900_000_000_000, cron: '@daily' }, /^at_ms: .* as cron says/],
    ['a calendar and a delay', { delayMs: 5, cron: '@daily' }, /^delay_ms: 5; allowed: 0, as cron says/],
    [
      'a calendar and an interval',
      { repeatIntervalMs: 500, cron: '@daily' },
      /^repeat_interval_ms: 500; allowed/,
    ],
    ['a zone without an expression', { timeZone: 'Europe/Berlin' }, /^time_zone: .*unless cron is set/],
    [
      'nine tags',
      { tags: Array.from({ length: 9 }, String) },
      /^tags: 9 tags; allowed: at most 8 tags, each 1 to 64/,
    ],
    [
      'an expiry above ten years',
      { expiresAfterMs: 315_576_000_001 },
      /^expires_after_ms: 315576000001 is out of/,
    ],
    [
      'an action without an expiry',
      { expiredAction: 1 },
      /^expired_action: .* unless expires_after_ms is set/,
    ],
    [
      'an unknown action',
      { expiresAfterMs: 1, expiredAction: 2 as 1 },
      /^expired_action: 2 is none; allowed: 0 \(drop\)/,
    ],
    [
      'an unknown way with what was missed',
      { repeatIntervalMs: 100, missed: 3 as 1 },
      /^missed: 3 is none; allowed/,
    ],
    [
      'an end of what fires once',
      { maxOccurrences: 2 },
      /^max_occurrences: the task fires once; allowed: nothing/,
    ],
    ['an overlap of what fires once', { overlap: 1 }, /^overlap: the task fires once/],
    [
      'an end before the start',
      { repeatIntervalMs: 500, atMs: 1_900_000_000_000, untilMs: 1_899_999_999_999 },
      /^until_ms: 1899999999999 is before the first occurrence; allowed: at least 1900000000000/,
    ],
    ['an end in the past', { repeatIntervalMs: 500, untilMs: 5 }, /^until_ms: 5 is before the first/],
    ['an end before a calendar begins', { cron: '@daily', untilMs: 5 }, /^until_ms: 5 is before the first/],
    [
      'all of a calendar',
      { cron: '@daily', missed: 1 },
      /^missed: all; allowed: coalesce or skip where cron is set/,
    ],
    ['an empty tag', { tags: ['a', ''] }, /^tags: "" is no tag; allowed/],
    ['a tag that is too long', { tags: ['x'.repeat(65)] }, /^tags: "x+.* is no tag; allowed/],
    ['a tag with a control character', { tags: ['a\0b'] }, /^tags: .* is no tag; allowed/],
    ['a tag with a comma', { tags: ['a,b'] }, /^tags: "a,b" is no tag; allowed/],
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
    const tags = Array.from({ length: 8 }, (_, i) => `${i}`.padEnd(64, 'ä'));
    const { taskId } = await session.setInterval('', 100, { delayMs: 315_576_000_000, tags });
    expect(await session.get(taskId)).toMatchObject({ tags });
    expect(await session.list({ tag: tags[7] as string })).toMatchObject({ tasks: [{ taskId, tags }] });
  });

  test.each([false, true])(
    'over UDP (acks: %s) has to fit a datagram, whatever its numbers will be',
    async (acked) => {
      const session = await open({ callback: { protocol: 'UDP', endpoint: '8.8.8.8:9', acked } });
      const most = mostDatagramPayloadBytes('shop');
      expect(most).toBeGreaterThan(800);
      await session.setTimeout(Buffer.alloc(most), 60_000);
      await expect(session.setTimeout(Buffer.alloc(most + 1), 60_000)).rejects.toThrow(
        `payload: ${most + 1} bytes; allowed: at most ${most} bytes, as a callback over UDP is one datagram`,
      );
    },
  );

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

test('a number that is too large for its field is refused, and not taken for its last 32 bits', async () => {
  const { socket, received } = await rawConnection(port);
  const sessionId = Buffer.from((await open()).sessionId);
  // limit (5) = 2^32 + 5 in list_tasks_request (16).
  const request = Buffer.of(5 * 8, 0x85, 0x80, 0x80, 0x80, 0x10);
  const envelope = Buffer.concat([
    Buffer.of(1 * 8 + 2, sessionId.length),
    sessionId,
    Buffer.of(0x82, 0x01, request.length),
    request,
  ]);
  socket.write(Buffer.concat([Buffer.of(0, 0, 0, envelope.length), envelope]));
  await waitFor(() => received.length > 0, { message: 'an answer' });
  expect(received[0]?.listTasksResponse).toMatchObject({
    status: Status.INVALID_REQUEST,
    errorMessage: expect.stringContaining('limit: 4294967301 is out of range'),
  });
  socket.destroy();
});
