import { AddressGuard } from '@boomerang/address-guard';
import type { AttemptResult, ClaimedOccurrence } from '@boomerang/domain';
import { boomerang, MAX_DATAGRAM_BYTES, mostDatagramPayloadBytes } from '@boomerang/protocol';
import { afterEach, describe, expect, test } from 'vitest';
import { anOccurrence } from '../../test-support/an-occurrence.js';
import { startGrpcReceiver } from '../../test-support/receivers/grpc.js';
import { startHttpReceiver } from '../../test-support/receivers/http.js';
import type { Behaviour, StartReceiver, TestReceiver } from '../../test-support/receivers/receiver.js';
import { startResettingReceiver } from '../../test-support/receivers/resetting.js';
import { startTcpReceiver } from '../../test-support/receivers/tcp.js';
import { startUdpReceiver } from '../../test-support/receivers/udp.js';
import { signerOf } from './shared/sign.js';
import { createTransports } from './transports.js';

const { Status } = boomerang;
const { Verdict } = boomerang.CallbackResponse;
const OK: Behaviour = { answer: {} };
const AT_A_TIME = 4;

interface Wire {
  readonly name: string;
  readonly start: StartReceiver;
  /** Whether the protocol has connections, which can be lost and used again. */
  readonly connected: boolean;
}

const wires: readonly Wire[] = [
  { name: 'HTTP', start: startHttpReceiver, connected: true },
  { name: 'gRPC', start: startGrpcReceiver, connected: true },
  { name: 'TCP', start: startTcpReceiver, connected: true },
  { name: 'UDP with acks', start: startUdpReceiver, connected: false },
];
const connected = wires.filter((wire) => wire.connected);

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

function newTransport({
  allow = ['127.0.0.0/8', '::1'],
  guard = new AddressGuard(allow),
  timeoutMs = 10_000,
  idleMs = 10_000,
} = {}) {
  const transport = createTransports({
    guard,
    callbackConnectTimeoutMs: 5_000,
    callbackTimeoutMs: timeoutMs,
    callbackIdleMs: idleMs,
  });
  cleanUps.push(() => transport.close());
  return transport;
}

/** A receiver that behaves as told, and attempts at it over one transport. */
async function set({ start }: Wire, behaviour: Behaviour | (() => Behaviour), options = {}) {
  const receiver = await start(typeof behaviour === 'function' ? behaviour : () => behaviour);
  cleanUps.push(() => receiver.stop().catch(() => undefined));
  const transport = newTransport(options);
  const attempt = (
    changes: Partial<ClaimedOccurrence> = {},
    objection: () => string | undefined = () => undefined,
  ) => transport.send(receiver.callback, anOccurrence(changes), objection);
  return { receiver, transport, attempt };
}

async function outcome(wire: Wire, behaviour: Behaviour, options = {}): Promise<AttemptResult> {
  return (await set(wire, behaviour, options)).attempt();
}

const failed = (errorClass: string, error: unknown = expect.stringMatching(/./)) => ({
  kind: 'retryable',
  errorClass,
  error,
});

describe.each(wires)('over $name', (wire) => {
  test('a callback carries the payload, every byte of it, and all that identifies it', async () => {
    const { receiver, attempt } = await set(wire, OK);
    const payload = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    const occurrence = anOccurrence({ payload, occurrence: 7, attempt: 2 });
    expect(await attempt(occurrence)).toEqual({ kind: 'delivered' });
    expect(receiver.received).toHaveLength(1);
    const { taskId, clientId, scheduledTimeMs } = occurrence;
    const expected = { taskId, clientId, occurrence: 7, attempt: 2, scheduledTimeMs };
    expect(receiver.received[0]).toMatchObject(expected);
    expect(Buffer.compare(Buffer.from(receiver.received[0]?.payload ?? []), payload)).toBe(0);
  });

  test('a callback carries lateness, tags and idempotency key, and nothing of them where there is none', async () => {
    const { receiver, attempt } = await set(wire, OK);
    const told = { latenessMs: 1_234, tags: ['order', 'größe:7 %€'], idempotencyKey: 'order 7, größe' };
    expect(await attempt(told)).toEqual({ kind: 'delivered' });
    expect(receiver.received[0]).toMatchObject(told);
    expect(await attempt()).toEqual({ kind: 'delivered' });
    expect(receiver.received[1]).toMatchObject({ latenessMs: null, tags: [], idempotencyKey: '' });
  });

  test.each<[string, boomerang.CallbackResponse.$Properties, unknown]>([
    ['OK', {}, { kind: 'delivered' }],
    [
      'ERROR',
      { status: Status.ERROR, errorMessage: 'no' },
      failed('rejected', 'the receiver answered ERROR: no'),
    ],
    ['an unknown status', { status: 77 as 1 }, failed('rejected', 'the receiver answered status 77')],
    ['RETRY', { verdict: Verdict.RETRY }, failed('rejected')],
    [
      'RETRY after a time',
      { verdict: Verdict.RETRY, retryAfterMs: 1_234 },
      { ...failed('rejected'), retryAfterMs: 1_234 },
    ],
    [
      'DEAD_LETTER',
      { verdict: Verdict.DEAD_LETTER, errorMessage: 'no' },
      { ...failed('rejected'), kind: 'terminal' },
    ],
    ['STOP_RECURRENCE', { verdict: Verdict.STOP_RECURRENCE }, { kind: 'stop' }],
  ])('the answer %s is understood', async (_answer, answer, expected) => {
    expect(await outcome(wire, { answer })).toEqual(expected);
  });

  test('an answer that is none is a breach of the protocol', async () => {
    expect(await outcome(wire, 'garbage')).toEqual(failed('protocol'));
  });

  test('no answer fails the attempt when its time is over', async () => {
    expect(await outcome(wire, 'silence', { timeoutMs: 300 })).toEqual(
      failed('timeout', 'no answer in time'),
    );
  });

  test('a slow answer is an answer', async () => {
    expect(await outcome(wire, { answer: {}, afterMs: 400 })).toEqual({ kind: 'delivered' });
  });

  test('an endpoint that nobody listens on fails, and works once somebody does again', async () => {
    const { receiver, attempt } = await set(wire, OK);
    expect(await attempt()).toEqual({ kind: 'delivered' });
    await receiver.stop();
    expect(await attempt()).toEqual(failed('connect', expect.stringContaining('ECONNREFUSED')));
    await receiver.start();
    expect(await attempt()).toEqual({ kind: 'delivered' });
  });

  test('nothing is written when there is an objection at the last moment, and later attempts work', async () => {
    const { receiver, attempt } = await set(wire, OK);
    const notSent = { kind: 'not_sent', error: 'the lease has ended' };
    expect(await attempt({}, () => 'the lease has ended')).toEqual(notSent);
    expect(await attempt()).toEqual({ kind: 'delivered' });
    expect(await attempt({}, () => 'the lease has ended')).toEqual(notSent);
    expect(await attempt()).toEqual({ kind: 'delivered' });
    expect(receiver.received).toHaveLength(2);
  });

  test.each(['127.0.0.1', 'localhost', '[::1]', '2130706433', '[::ffff:127.0.0.1]'])(
    'the inside address %s is refused for good when it is not allowed',
    async (host) => {
      const { receiver, transport } = await set(wire, OK, { allow: [] });
      const endpoint = receiver.callback.endpoint.replace('127.0.0.1', host);
      const result = await transport.send(
        { ...receiver.callback, endpoint },
        anOccurrence(),
        () => undefined,
      );
      const refused = { kind: 'terminal', errorClass: 'address' };
      expect(result).toMatchObject({ ...refused, error: expect.stringContaining('not allowed') });
      expect(receiver.connections).toBe(0);
    },
  );

  test('a name that is allowed to resolve inside is reached', async () => {
    const { receiver, transport } = await set(wire, OK, { allow: ['127.0.0.0/8', '::1'] });
    const endpoint = receiver.callback.endpoint.replace('127.0.0.1', 'localhost');
    const result = await transport.send({ ...receiver.callback, endpoint }, anOccurrence(), () => undefined);
    expect(result).toEqual({ kind: 'delivered' });
  });

  test('a name that leads inside is refused for now, and called once it leads elsewhere', async () => {
    let address = '10.0.0.1';
    const guard = new AddressGuard(['127.0.0.0/8'], {
      resolve: (_name, _options, callback) => callback(null, [{ address, family: 4 }]),
    });
    const { receiver, transport } = await set(wire, OK, { guard });
    const endpoint = receiver.callback.endpoint.replace('127.0.0.1', 'moving.example');
    const attempt = () => transport.send({ ...receiver.callback, endpoint }, anOccurrence(), () => undefined);
    const refusal = 'callbacks to moving.example (private) are not allowed';
    expect(await attempt()).toEqual(failed('address', refusal));
    address = '127.0.0.1';
    await expect.poll(attempt, { timeout: 5_000, interval: 300 }).toEqual({ kind: 'delivered' });
  });

  test('closing ends what is under way', async () => {
    const { receiver, transport, attempt } = await set(wire, 'silence');
    const result = attempt();
    await expect.poll(() => receiver.received.length, { timeout: 5_000 }).toBe(1);
    await transport.close();
    expect(await result).toMatchObject({ kind: 'retryable' });
  });
});

describe.each(connected)('over $name', (wire) => {
  test('a payload of 1 MiB arrives', async () => {
    const { receiver, attempt } = await set(wire, OK);
    const payload = Buffer.from(Array.from({ length: 1_048_576 }, (_, i) => (i * 31) & 0xff));
    expect(await attempt({ payload })).toEqual({ kind: 'delivered' });
    expect(Buffer.compare(Buffer.from(receiver.received[0]?.payload ?? []), payload)).toBe(0);
  });

  test.each(['reset', 'partial'] as const)(
    'a connection that is lost (%s) fails the attempt',
    async (how) => {
      expect(await outcome(wire, how)).toEqual(failed('reset'));
    },
  );

  test('a connection that is reset right after it was accepted is a failed one, however often', async () => {
    const { receiver, transport } = await set(wire, OK);
    const { port, stop } = await startResettingReceiver();
    cleanUps.push(stop);
    const endpoint = receiver.callback.endpoint.replace(/127.0.0.1:\d+/, `127.0.0.1:${port}`);
    for (let i = 0; i < 200; i++) {
      const result = await transport.send(
        { ...receiver.callback, endpoint },
        anOccurrence(),
        () => undefined,
      );
      expect(result).toEqual(failed('connect', expect.stringContaining('ECONNRESET')));
    }
  });

  test('two hundred callbacks one after the other need one connection', async () => {
    const { receiver, attempt } = await set(wire, OK);
    for (let i = 0; i < 200; i++) {
      expect(await attempt()).toEqual({ kind: 'delivered' });
      await new Promise(setImmediate);
    }
    expect(receiver.connections).toBe(1);
  });

  test('callbacks need no more connections than there are of them at a time', async () => {
    const { receiver, attempt } = await set(wire, OK);
    for (let i = 0; i < 50; i++) {
      const results = await Promise.all(Array.from({ length: AT_A_TIME }, () => attempt()));
      expect(results).toEqual(Array.from({ length: AT_A_TIME }, () => ({ kind: 'delivered' })));
    }
    expect(receiver.received).toHaveLength(50 * AT_A_TIME);
    expect(receiver.connections).toBeLessThanOrEqual(AT_A_TIME);
  });

  test.each([
    ['just before', true],
    ['just after', false],
  ])('a pooled connection that is cut %s a callback is written costs no attempt', async (_when, before) => {
    const { receiver, attempt } = await set(wire, OK);
    expect(await attempt()).toEqual({ kind: 'delivered' });
    for (let i = 0; i < 30; i++) {
      if (before) receiver.disconnect();
      const result = attempt();
      if (!before) receiver.disconnect();
      expect(await result).toEqual({ kind: 'delivered' });
      await new Promise(setImmediate);
    }
    expect(receiver.received).toHaveLength(31);
  });

  test('a connection that is not used is closed, and made anew when it is needed', async () => {
    const { receiver, attempt } = await set(wire, OK, { idleMs: 100 });
    expect(await attempt()).toEqual({ kind: 'delivered' });
    await expect.poll(() => receiver.open, { timeout: 10_000 }).toBe(0);
    expect(await attempt()).toEqual({ kind: 'delivered' });
    expect(receiver.connections).toBe(2);
  });

  test('a callback that takes longer than a connection may be idle is not cut off', async () => {
    expect(await outcome(wire, { answer: {}, afterMs: 500 }, { idleMs: 100 })).toEqual({ kind: 'delivered' });
  });

  test('a connection whose receiver left a callback unanswered is not used again', async () => {
    const behaviours: Behaviour[] = ['silence', OK];
    const { receiver, attempt } = await set(wire, () => behaviours.shift() ?? OK, { timeoutMs: 1_500 });
    expect(await attempt()).toEqual(failed('timeout', 'no answer in time'));
    expect(await attempt()).toEqual({ kind: 'delivered' });
    expect(receiver.connections).toBeGreaterThanOrEqual(2);
  });
});

describe.each(connected.filter(({ name }) => name !== 'HTTP'))('over $name', (wire) => {
  test('an answer is read no further than it may be long', async () => {
    expect(await outcome(wire, 'flood')).toEqual(failed('protocol', expect.stringContaining('65536')));
  });
});

describe('over UDP', () => {
  const udp = wires.find(({ name }) => name === 'UDP with acks') as Wire;
  const withoutAcks = (receiver: TestReceiver) =>
    ({ protocol: 'UDP', endpoint: receiver.callback.endpoint }) as const;

  test('without acks a datagram that has left is sent, whatever becomes of it', async () => {
    const { receiver, transport } = await set(udp, 'silence');
    const send = () => transport.send(withoutAcks(receiver), anOccurrence(), () => undefined);
    expect(await send()).toEqual({ kind: 'sent' });
    await expect.poll(() => receiver.received.length, { timeout: 5_000 }).toBe(1);
    await receiver.stop();
    expect(await send()).toEqual({ kind: 'sent' });
    expect(await send()).toEqual({ kind: 'sent' });
  });

  test('without acks too nothing is written when there is an objection', async () => {
    const { receiver, transport } = await set(udp, 'silence');
    const send = (objection: () => string | undefined) =>
      transport.send(withoutAcks(receiver), anOccurrence(), objection);
    expect(await send(() => 'not due yet')).toEqual({ kind: 'not_sent', error: 'not due yet' });
    expect(await send(() => undefined)).toEqual({ kind: 'sent' });
    await expect.poll(() => receiver.received.length, { timeout: 5_000 }).toBe(1);
  });

  test('each callback that wants an answer has a port of its own', async () => {
    const { receiver, attempt } = await set(udp, OK);
    await Promise.all(Array.from({ length: 20 }, () => attempt()));
    expect(receiver.connections).toBe(20);
  });

  test('the longest payload that may be registered fits, however large its numbers', async () => {
    const { receiver, attempt } = await set(udp, OK);
    const clientId = 'c'.repeat(64);
    const widest = {
      clientId,
      payload: Buffer.alloc(mostDatagramPayloadBytes(clientId), 7),
      occurrence: Number.MAX_SAFE_INTEGER,
      attempt: 100,
      scheduledTimeMs: Number.MAX_SAFE_INTEGER,
    };
    expect(await attempt(widest)).toEqual({ kind: 'delivered' });
    expect(receiver.received[0]?.payload).toHaveLength(widest.payload.length);
  });

  test('what has no room in a datagram is left out of it: tags, then the key, then the lateness', async () => {
    const { receiver, attempt } = await set(udp, OK);
    const clientId = 'c'.repeat(64);
    const told = { clientId, latenessMs: 5, tags: ['t'.repeat(64)], idempotencyKey: 'k'.repeat(128) };
    const most = mostDatagramPayloadBytes(clientId);
    for (const bytes of [most - 200, most, most + 180]) {
      expect(await attempt({ ...told, payload: Buffer.alloc(bytes) })).toEqual({ kind: 'delivered' });
    }
    const [all, without] = [told, { ...told, tags: [] }];
    expect(receiver.received).toMatchObject([all, without, { latenessMs: 5, tags: [], idempotencyKey: '' }]);
    const widest = {
      clientId,
      payload: Buffer.alloc(most),
      occurrence: Number.MAX_SAFE_INTEGER,
      attempt: 100,
      scheduledTimeMs: Number.MAX_SAFE_INTEGER,
      latenessMs: Number.MAX_SAFE_INTEGER,
      tags: told.tags,
      idempotencyKey: told.idempotencyKey,
    };
    expect(await attempt(widest)).toEqual({ kind: 'delivered' });
  });

  test('what fits a datagram only without its signatures is not sent, but may be once there are fewer', async () => {
    const { receiver, transport } = await set(udp, OK);
    const occurrence = anOccurrence({ payload: Buffer.alloc(1_000) });
    const attempt = (keys: Buffer[]) =>
      transport.send(receiver.callback, occurrence, () => undefined, signerOf(keys, occurrence, Date.now()));
    const keys = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
    expect(await attempt(keys)).toEqual(failed('unsendable', expect.stringMatching(/12\d\d bytes/)));
    expect(await attempt(keys.slice(1))).toEqual({ kind: 'delivered' });
    expect(receiver.received).toHaveLength(1);
  });

  test('what fits no datagram is not sent, for good', async () => {
    const { receiver, attempt } = await set(udp, OK);
    const payload = Buffer.alloc(MAX_DATAGRAM_BYTES);
    expect(await attempt({ payload })).toMatchObject({
      kind: 'terminal',
      errorClass: 'unsendable',
      error: expect.stringMatching(/12\d\d bytes, more than 1200/),
    });
    expect(receiver.received).toHaveLength(0);
  });
});

test('an endpoint is told by protocol, host and port, on HTTP also by its path without query', () => {
  const transport = newTransport();
  const addresses = [
    transport.endpointOf({ protocol: 'HTTP', endpoint: 'http://example.com:80/a' }),
    transport.endpointOf({ protocol: 'HTTP', endpoint: 'http://EXAMPLE.com/x/../b?of=shop' }),
    transport.endpointOf({ protocol: 'HTTP', endpoint: 'https://example.com' }),
    transport.endpointOf({ protocol: 'GRPC', endpoint: 'example.com:80' }),
    transport.endpointOf({ protocol: 'GRPC', endpoint: 'grpcs://example.com:80' }),
    transport.endpointOf({ protocol: 'TCP', endpoint: 'EXAMPLE.com:80' }),
    transport.endpointOf({ protocol: 'TCP', endpoint: 'example.com:80' }),
    transport.endpointOf({ protocol: 'UDP', endpoint: 'example.com:80' }),
  ];
  expect(addresses.map(({ origin, path }) => `${origin} ${path}`.trim())).toEqual([
    'http://example.com /a',
    'http://example.com /b',
    'https://example.com /',
    'grpc://example.com:80',
    'grpcs://example.com:80',
    'tcp://example.com:80',
    'tcp://example.com:80',
    'udp://example.com:80',
  ]);
});
