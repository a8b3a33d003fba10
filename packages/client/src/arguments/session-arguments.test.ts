import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { expectRefusal, type Row, type Unchecked } from '../../test-support/expect-refusal.js';
import { closeFakeGateways, fakeGateway } from '../../test-support/fake-gateway.js';
import { recordingConnection } from '../../test-support/recording-connection.js';
import { connect, createTcpReceiver, openSession, resumeSession } from '../index.js';

afterEach(closeFakeGateways);

const detached = new Uint8Array(4);
structuredClone(detached, { transfer: [detached.buffer] });
const detachedBuffer = new ArrayBuffer(4);
structuredClone(detachedBuffer, { transfer: [detachedBuffer] });

const payloads: readonly (readonly [Unchecked, string | RegExp])[] = [
  [
    { a: 1 },
    /^payload: an object can't be used; allowed: a text \(sent as UTF-8\) or bytes .*JSON\.stringify/,
  ],
  [42, "payload: 42 can't"],
  [null, "payload: null can't"],
  [undefined, "payload: undefined can't"],
  [true, "payload: true can't"],
  [5n, "payload: 5n can't"],
  [[1, 2], "payload: an array can't"],
  [new Map(), 'payload: an object of the kind Map'],
  [new Float64Array(2), 'payload: an object of the kind Float64Array'],
  [new Uint16Array(2), 'payload: an object of the kind Uint16Array'],
  [new SharedArrayBuffer(2), 'payload: an object of the kind SharedArrayBuffer'],
  [new Blob(['x']), 'payload: an object of the kind Blob'],
  [Promise.resolve('x'), /payload: a promise \(is an "await" missing\?\)/],
  [() => undefined, "payload: a function can't"],
  ['half a pair: \ud83d', 'payload: a text with a lone surrogate'],
  [detached, 'payload: its bytes were transferred'],
  [detachedBuffer, 'payload: its bytes were transferred'],
  ['x'.repeat(1_048_577), 'payload: 1048577 bytes; allowed: at most 1048576 bytes (1 MiB)'],
  [new Uint8Array(1_048_577), 'payload: 1048577 bytes; allowed'],
  ['é'.repeat(524_289), 'payload: 1048578 bytes; allowed'],
];

const notDelays = [
  Number.NaN,
  -1,
  1.5,
  Number.POSITIVE_INFINITY,
  '5',
  null,
  5n,
  {},
  new Date(),
  315_576_000_001,
];

describe('a session', () => {
  const connection = recordingConnection();
  const session = resumeSession(connection, 's') as Unchecked;

  test.each(payloads)('takes no payload %o', async (payload, message) => {
    await expectRefusal(() => session.setTimeout(payload, 1), 'payload', message);
    await expectRefusal(() => session.setInterval(payload, 1_000), 'payload', message);
    expect(connection.sent).toEqual([]);
  });

  test.each(notDelays)('takes no delay of %o', async (bad) => {
    const allowed = /allowed: a whole number of milliseconds from 0 to 315576000000$/;
    await expectRefusal(() => session.setTimeout('', bad), 'delayMs', allowed);
    await expectRefusal(() => session.setInterval('', 1_000, { delayMs: bad }), 'delayMs', allowed);
    await expectRefusal(() => session.setInterval('', bad), 'intervalMs', /from 100 to 315576000000$/);
    expect(connection.sent).toEqual([]);
  });

  test.each<[string, (request: Unchecked) => unknown, ...Row]>([
    ['setTimeout', () => session.setTimeout('x'), undefined, 'delayMs', "undefined can't"],
    ['setInterval', (ms) => session.setInterval('x', ms), 99, 'intervalMs', "99 can't"],
    [
      'setInterval',
      (o) => session.setInterval('x', 100, o),
      { delay: 5 },
      'delay',
      /no such option; allowed: delayMs, /,
    ],
    ['setInterval', (o) => session.setInterval('x', 100, o), null, 'options', 'null'],
    ['setTimeout', (o) => session.setTimeout('x', 100, o), null, 'options', 'null'],
    [
      'setTimeout',
      (o) => session.setTimeout('x', 100, o),
      { delayMs: 5 },
      'delayMs',
      /no such option; allowed: idempotencyKey, /,
    ],
    [
      'a key',
      (key) => session.setTimeout('x', 100, { idempotencyKey: key }),
      '',
      'idempotencyKey',
      '0 bytes',
    ],
    [
      'a key',
      (key) => session.setInterval('x', 100, { idempotencyKey: key }),
      'x'.repeat(129),
      'idempotencyKey',
      '129 bytes; allowed: 1 to 128 bytes of UTF-8 without control characters',
    ],
    [
      'a key',
      (key) => session.setTimeout('x', 100, { idempotencyKey: key }),
      'a\tb',
      'idempotencyKey',
      'U+0009',
    ],
    [
      'a key',
      (key) => session.setTimeout('x', 100, { idempotencyKey: key }),
      '\ud83d',
      'idempotencyKey',
      'U+D83D',
    ],
    ['a key', (key) => session.setTimeout('x', 100, { idempotencyKey: key }), 7, 'idempotencyKey', "7 can't"],
    ['setInterval', (o) => session.setInterval('x', 100, o), 5, 'options', 'an object with delayMs'],
    ['setTimeoutAt', (at) => session.setTimeoutAt('x', at), new Date('soon'), 'at', 'NaN'],
    ['setTimeoutAt', (at) => session.setTimeoutAt('x', at), '2030-01-01', 'at', '"2030-01-01"'],
    ['setTimeoutAt', (at) => session.setTimeoutAt('x', at), 0, 'at', '0'],
    ['setCron', (cron) => session.setCron('x', cron), '', 'cron', 'a cron expression of 5 or 6 fields'],
    ['setCron', (cron) => session.setCron('x', cron), 7, 'cron', "7 can't"],
    ['setCron', (o) => session.setCron('x', '@daily', o), { timezone: 'UTC' }, 'timezone', 'no such option'],
    ['setCron', (o) => session.setCron('x', '@daily', o), { timeZone: '' }, 'timeZone', 'Europe/Berlin'],
    ['previewCron', (o) => session.previewCron('@daily', o), { count: 0 }, 'count', 'from 1 to 1000'],
    ['cancel', (id) => session.cancel(id), '', 'taskId', '""'],
    ['cancel', (id) => session.cancel(id), undefined, 'taskId', 'undefined'],
    ['cancel', (id) => session.cancel(id), { taskId: 't' }, 'taskId', 'an object'],
    ['get', (id) => session.get(id), 7, 'taskId', '7'],
    ['get', (id) => session.get(id), Promise.resolve('t'), 'taskId', 'a promise'],
    ['list', (filter) => session.list(filter), { recuring: true }, 'recuring', 'no such option'],
    ['list', (filter) => session.list(filter), { recurring: 'false' }, 'recurring', 'true or false'],
    ['list', (filter) => session.list(filter), { limit: 0 }, 'limit', 'a whole number from 1 to 1000'],
    ['list', (filter) => session.list(filter), { limit: 2 ** 32 + 5 }, 'limit', "4294967301 can't"],
    ['list', (filter) => session.list(filter), { nextToken: '' }, 'nextToken', '""'],
    ['list', (filter) => session.list(filter), { scheduledBeforeMs: 0 }, 'scheduledBeforeMs', 'from 1 to'],
    [
      'list',
      (filter) => session.list(filter),
      { scheduledAfterMs: new Date() },
      'scheduledAfterMs',
      'kind Date',
    ],
    ['list', (filter) => session.list(filter), [], 'filter', 'an array'],
  ])('%s refuses %3$o', async (_method, call, bad, field, message) => {
    await expectRefusal(() => call(bad), field, message);
    expect(connection.sent).toEqual([]);
  });
});

describe('payloads', () => {
  const bytes = [104, 105];
  const twoBytes = Uint8Array.from([0, ...bytes, 0]).subarray(1, 3);
  test.each<[string, Unchecked, readonly number[]]>([
    ['a text', 'hi', bytes],
    ['a text beyond ASCII', 'é😀', [0xc3, 0xa9, 0xf0, 0x9f, 0x98, 0x80]],
    ['an empty text', '', []],
    ['a Buffer', Buffer.from('hi'), bytes],
    ['a view of a part', twoBytes, bytes],
    ['an ArrayBuffer', Uint8Array.from(bytes).buffer, bytes],
    ['a DataView of a part', new DataView(twoBytes.buffer, 1, 2), bytes],
    ['an empty Uint8Array', new Uint8Array(), []],
    ['bytes out of another realm', runInNewContext('Uint8Array.from([104, 105])'), bytes],
  ])('%s arrives byte for byte', async (_what, payload, expected) => {
    const connection = recordingConnection({ registrationResponse: { taskId: 't' } });
    await resumeSession(connection, 's').setTimeout(payload, 0);
    expect([...(connection.sent[0]?.registrationRequest?.payload ?? [])]).toEqual(expected);
  });

  test('of the largest size arrive, and what is changed after the call does not', async () => {
    let received = Buffer.alloc(0);
    const { port } = await fakeGateway(({ registrationRequest }) => {
      received = Buffer.from(registrationRequest?.payload ?? []);
    });
    const connection = await connect({ port });
    const payload = Buffer.alloc(4_000, 1);
    const sending = resumeSession(connection, 's').setTimeout(payload, 0);
    payload.fill(2);
    await connection.close();
    await sending.catch(() => undefined);
    await vi.waitFor(() => expect(received).toHaveLength(4_000));
    expect(received.every((byte) => byte === 1)).toBe(true);
    const largest = recordingConnection({ registrationResponse: {} });
    await resumeSession(largest, 's').setTimeout(Buffer.alloc(1_048_576), 315_576_000_000);
    expect(largest.sent[0]?.registrationRequest?.payload).toHaveLength(1_048_576);
  });
});

describe('openSession and resumeSession', () => {
  const callback = { protocol: 'HTTP', endpoint: 'http://a/' };
  const token = 'bmr_1_x';
  test.each<Row>([
    [
      { token: '' },
      'token',
      /^token: an empty text can't be used; allowed: a client's key .*client -- create/,
    ],
    [{}, 'token', 'token: undefined'],
    [{ token: ['bmr_1_x'] }, 'token', 'token: an array'],
    [{ token: 'bmr_1_x\n' }, 'token', 'token: this text'],
    [{ token: 'Bearer bmr_1_x' }, 'token', 'without blanks or line ends'],
    [null, 'options', 'options: null'],
    ['bmr_1_x', 'options', 'an object with token, callback, retry, dlq'],
    [{ token, callbacks: callback }, 'callbacks', 'no such option; allowed: token, callback, retry, dlq'],
    [{ token, callback: 'http://a/' }, 'callback', 'an object with protocol, endpoint'],
    [{ token, callback: null }, 'callback', 'callback: null'],
    [
      { token, callback: { ...callback, protocol: 'grpc' } },
      'callback.protocol',
      '"grpc" can\'t be used; allowed: HTTP, GRPC, TCP, UDP',
    ],
    [{ token, callback: { ...callback, protocol: 'SMTP' } }, 'callback.protocol', '"SMTP"'],
    [{ token, callback: { endpoint: 'a:1' } }, 'callback.protocol', 'undefined'],
    [{ token, callback: { ...callback, protocol: 2 } }, 'callback.protocol', '2'],
    [{ token, callback: { ...callback, protocol: 'toString' } }, 'callback.protocol', '"toString"'],
    [{ token, callback: { protocol: 'HTTP' } }, 'callback.endpoint', 'undefined'],
    [{ token, callback: { protocol: 'HTTP', url: 'http://a/' } }, 'callback.url', 'no such option'],
    [{ token, callback: { ...callback, endpoint: '' } }, 'callback.endpoint', '""'],
    [{ token, callback: { ...callback, endpoint: new URL('http://a/') } }, 'callback.endpoint', 'kind URL'],
    [{ token, callback: { ...callback, format: 'raw' } }, 'callback.format', 'ENVELOPE, RAW'],
    [
      { token, callback: { ...callback, acked: true } },
      'callback.acked',
      'no such option; allowed: protocol',
    ],
    [
      { token, callback: { protocol: 'TCP', endpoint: 'a:1', format: 'RAW' } },
      'callback.format',
      'no such option',
    ],
    [{ token, callback: { protocol: 'UDP', endpoint: 'a:1', acked: 1 } }, 'callback.acked', 'true or false'],
    [{ token, callback: { ...callback, rawContentType: '' } }, 'callback.rawContentType', '""'],
    [{ token, retry: 5 }, 'retry', 'an object with maxAttempts'],
    [{ token, retry: { attempts: 5 } }, 'retry.attempts', 'no such option; allowed: maxAttempts'],
    [{ token, retry: { maxAttempts: 0 } }, 'retry.maxAttempts', 'a whole number from 1 to 100'],
    [{ token, retry: { maxAttempts: 2 ** 32 + 5 } }, 'retry.maxAttempts', '4294967301'],
    [{ token, retry: { maxAttempts: '3' } }, 'retry.maxAttempts', '"3"'],
    [{ token, retry: { strategy: 'exponential' } }, 'retry.strategy', 'FIXED, EXPONENTIAL'],
    [{ token, retry: { intervalMs: 0 } }, 'retry.intervalMs', 'milliseconds from 1 to 86400000'],
    [{ token, retry: { intervalMs: 1.5 } }, 'retry.intervalMs', '1.5'],
    [{ token, retry: { maxIntervalMs: 86_400_001 } }, 'retry.maxIntervalMs', '86400001'],
    [{ token, dlq: 'lost' }, 'dlq', 'an object with destination'],
    [{ token, dlq: { bucket: 'lost' } }, 'dlq.bucket', 'no such option; allowed: destination'],
    [{ token, dlq: { destination: '' } }, 'dlq.destination', '""'],
  ])('opening with %o is refused', async (options, field, message) => {
    const connection = recordingConnection();
    await expectRefusal(() => openSession(connection, options), field, message);
    expect(connection.sent).toEqual([]);
  });

  test.each<Row>([
    [Promise.resolve(), 'connection', /a promise \(is an "await" missing\?\).*`await connect\(\)`/],
    [undefined, 'connection', 'undefined'],
    [{}, 'connection', 'an object'],
  ])('the connection %o is refused', async (connection, field, message) => {
    await expectRefusal(() => openSession(connection, { token }), field, message);
    await expectRefusal(() => resumeSession(connection, 's'), field, message);
  });

  test('no secret is told again', async () => {
    const connection = recordingConnection();
    for (const call of [
      () => openSession(connection, { token: 'bmr_1_hunter2 ' }),
      () => resumeSession(connection, 'hunter2 '),
      () => createTcpReceiver({ secrets: ['hunter2'], onCallback: () => undefined }),
      () => createTcpReceiver({ secrets: 'hunter2', onCallback: () => undefined } as Unchecked),
    ]) {
      const refused = (async () => call())();
      await expect(refused).rejects.toThrow(/allowed/);
      await expect(refused).rejects.not.toThrow(/hunter2/);
    }
  });
});

describe('dead letters', () => {
  const connection = recordingConnection();
  const { list, get, replay, purge } = resumeSession(connection, 's').deadLetters as Unchecked;
  const both = (selection: Unchecked) => [() => replay(selection), () => purge(selection)];
  test.each<[Unchecked, (() => unknown)[], string, string]>([
    ['list', [() => list({ bucket: 'a' })], 'bucket', 'no such option; allowed: filter'],
    ['list', [() => list({ withPayload: 'no' })], 'withPayload', 'true or false'],
    ['list', [() => list({ limit: 1_001 })], 'limit', 'from 1 to 1000'],
    ['list', [() => list(null)], 'options', 'null'],
    ['list', [() => list({ filter: { errorClass: 'slow' } })], 'filter.errorClass', 'connect, timeout'],
    ['list', [() => list({ filter: { bucket: '' } })], 'filter.bucket', '""'],
    ['list', [() => list({ filter: { buckets: 'x' } })], 'filter.buckets', 'no such option'],
    ['get', [() => get('')], 'deadLetterId', '""'],
    ['nothing', both(undefined), 'selection', 'an object with ids or filter'],
    ['an empty selection', both({}), 'filter', 'undefined'],
    ['no ids', both({ ids: [] }), 'ids', '0 of them'],
    ['one id that is no array', both({ ids: 'a' }), 'ids', 'an array of 1 to 1000 ids'],
    ['too many ids', both({ ids: Array(1_001).fill('a') }), 'ids', '1001 of them'],
    ['an id that is none', both({ ids: ['a', 7] }), 'ids[1]', '7'],
    ['ids and a filter', both({ ids: ['a'], filter: {} }), 'filter', 'no such option; allowed: ids'],
    ['ids and a limit', both({ ids: ['a'], limit: 5 }), 'limit', 'no such option; allowed: ids'],
    [
      'a flag that is a text',
      both({ filter: {}, evenNotForwarded: 'false' }),
      'evenNotForwarded',
      'true or false',
    ],
    ['a flag', [() => replay({ filter: {}, useSessionCallback: 1 })], 'useSessionCallback', 'true or false'],
    ['a rate', [() => replay({ filter: {}, ratePerSecond: 0 })], 'ratePerSecond', 'from 1 to 100000'],
    ['a rate to purge', [() => purge({ filter: {}, ratePerSecond: 5 })], 'ratePerSecond', 'no such option'],
  ])('%s: %3$s is refused', async (_what, calls, field, message) => {
    for (const call of calls) await expectRefusal(call, field, message);
    expect(connection.sent).toEqual([]);
  });
});
