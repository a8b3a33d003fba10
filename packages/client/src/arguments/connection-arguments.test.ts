import { formatWebhookSecret } from '@boomerang/protocol';
import { afterEach, describe, expect, test } from 'vitest';
import { expectRefusal, type Row, type Unchecked } from '../../test-support/expect-refusal.js';
import { closeFakeGateways, fakeGateway } from '../../test-support/fake-gateway.js';
import {
  connect,
  createGrpcReceiver,
  createHttpReceiver,
  createTcpReceiver,
  createUdpReceiver,
  verifyCallback,
  verifySignature,
} from '../index.js';

afterEach(closeFakeGateways);

describe('connect and requests', () => {
  test.each<Row>([
    [{ prot: 9973 }, 'prot', 'no such option; allowed: host, port, tls'],
    [{ port: 0 }, 'port', 'from 1 to 65535'],
    [{ port: '9973' }, 'port', '"9973"'],
    [{ port: 65_536 }, 'port', '65536'],
    [{ host: '' }, 'host', '""'],
    [{ host: 'tcp://localhost' }, 'host', 'without scheme, port or brackets'],
    [{ host: 'localhost:9973' }, 'host', 'without scheme, port or brackets'],
    [{ host: '[::1]' }, 'host', 'without scheme, port or brackets'],
    [{ tls: 'yes' }, 'tls', 'an object with ca, serverName'],
    [{ tls: { cert: 'x' } }, 'tls.cert', 'no such option; allowed: ca, serverName'],
    [{ tls: { ca: '/etc/ca.pem' } }, 'tls.ca', 'it begins with no certificate'],
    [{ tls: { ca: 7 } }, 'tls.ca', '7'],
    [{ tls: { serverName: '' } }, 'tls.serverName', '""'],
    [{ timeoutMs: 0 }, 'timeoutMs', 'milliseconds from 1 to 2147483647'],
    [{ timeoutMs: Number.POSITIVE_INFINITY }, 'timeoutMs', 'Infinity'],
    [{ requestTimeoutMs: 2 ** 31 }, 'requestTimeoutMs', '2147483648'],
    [{ signal: new AbortController() }, 'signal', 'an AbortSignal'],
    [{ onClose: 'log' }, 'onClose', 'a function'],
    [9973, 'options', 'an object with host'],
    [null, 'options', 'null'],
  ])('connect refuses %o', (options, field, message) =>
    expectRefusal(() => connect(options), field, message),
  );

  const large = { payload: Buffer.alloc(1_200_000) };
  test.each<[Unchecked, Unchecked, string, string | RegExp]>([
    [{ registrationReqest: {} }, undefined, 'envelope.registrationReqest', 'no such option'],
    [undefined, undefined, 'envelope', 'undefined'],
    [[], undefined, 'envelope', 'an array'],
    [
      { registrationRequest: { payload: 'aGk=' } },
      undefined,
      'envelope.registrationRequest.payload',
      '"aGk="',
    ],
    [
      { registrationRequest: { payload: { a: 1 } } },
      undefined,
      'envelope.registrationRequest.payload',
      'an object',
    ],
    [
      { sessionId: 's', registrationRequest: large },
      undefined,
      'envelope',
      /1200\d+ bytes; allowed: at most 1114112 bytes/,
    ],
    [
      { authHandshake: { authToken: 'x'.repeat(5_000) } },
      undefined,
      'envelope',
      'at most 4096 bytes for the first',
    ],
    [{ listTasksRequest: { limit: 2 ** 32 + 5 } }, undefined, 'envelope', '4294967301 is none of the whole'],
    [{ registrationRequest: { delayMs: 1.5 } }, undefined, 'envelope', '1.5 is none of the whole'],
    [{ requestId: -1 }, undefined, 'envelope', '-1 is none of the whole'],
    [{}, { timeout: 5 }, 'timeout', 'no such option; allowed: timeoutMs, signal'],
    [{}, { timeoutMs: -1 }, 'timeoutMs', '-1'],
    [{}, { signal: {} }, 'signal', 'an AbortSignal'],
    [{}, 0, 'options', 'an object with timeoutMs, signal'],
  ])('a request refuses %o with %o', async (envelope, options, field, message) => {
    const { port, seen } = await fakeGateway(() => undefined);
    const connection = await connect({ port });
    await expectRefusal(() => connection.request(envelope, options), field, message);
    await connection.close();
    expect(seen.bytes).toBe(0);
  });
});

describe('receivers', () => {
  const onCallback = () => undefined;
  const receivers = { createHttpReceiver, createGrpcReceiver, createTcpReceiver, createUdpReceiver };
  const secrets = [formatWebhookSecret(Buffer.alloc(32))];
  const rows: readonly Row[] = [
    [undefined, 'options', 'undefined'],
    [onCallback, 'options', 'a function'],
    [{}, 'onCallback', 'undefined'],
    [{ onCallback: 'x' }, 'onCallback', 'a function'],
    [
      { onCallback, path: '/hook' },
      'path',
      'no such option; allowed: port, host, secrets, deduplicate, onCallback',
    ],
    [{ onCallback, port: -1 }, 'port', 'from 0 to 65535'],
    [{ onCallback, port: '0' }, 'port', '"0"'],
    [{ onCallback, host: 'http://a' }, 'host', 'without scheme'],
    [{ onCallback, secrets: secrets[0] }, 'secrets', 'an array of signing secrets'],
    [{ onCallback, secrets: [] }, 'secrets', 'none of them'],
    [{ onCallback, secrets: [...secrets, 'x'] }, 'secrets[1]', 'whsec_ and 24 to 64 bytes'],
    [{ onCallback, secrets: [undefined] }, 'secrets[0]', 'not a signing secret'],
  ];
  test.each(rows)('none takes %o', async (options, field, message) => {
    for (const create of Object.values(receivers) as Unchecked[]) {
      await expectRefusal(() => create(options), field, message);
    }
  });

  test.each<[Unchecked, Unchecked, string, string]>([
    [createHttpReceiver, { format: 'raw' }, 'format', 'ENVELOPE, RAW'],
    [createTcpReceiver, { format: 'RAW' }, 'format', 'no such option'],
    [createUdpReceiver, { tls: {} }, 'tls', 'no such option'],
    [createGrpcReceiver, { tls: true }, 'tls', 'an object with key, cert'],
    [createGrpcReceiver, { tls: { key: 'x', cert: 'y' } }, 'tls', 'no pair of key and certificate'],
    [createGrpcReceiver, { tls: { key: 'x' } }, 'tls', 'no pair of key and certificate'],
  ])('%o refuses %o', async (create, options, field, message) => {
    await expectRefusal(() => create({ onCallback, ...options }), field, message);
  });

  test.each<[Unchecked[], string, string]>([
    [[new Headers(), 'x', secrets], 'headers', 'kind Headers'],
    [[{}, 'x', secrets[0]], 'secrets', 'an array'],
    [[null, 'x', secrets], 'headers', 'null'],
  ])('verifyCallback refuses %o', (args, field, message) => {
    const headers = { 'webhook-id': 'a', 'webhook-timestamp': '1', 'webhook-signature': 'v1,x' };
    const [given, body, keys] = args;
    const used = given && Object.keys(given).length === 0 && !(given instanceof Headers) ? headers : given;
    return expectRefusal(() => verifyCallback(used, body, keys), field, message);
  });

  const signed = { id: 'a', timestamp: 1, signature: 'v1,x' };
  test.each<[Unchecked[], string, string]>([
    [[signed, { parsed: 'body' }, secrets], 'payload', 'an object'],
    [[undefined, 'x', secrets], 'signature', 'undefined'],
    [[{ ...signed, timestamp: '1' }, 'x', secrets], 'signature.timestamp', '"1"'],
    [[{ ...signed, id: undefined }, 'x', secrets], 'signature.id', 'undefined'],
    [
      [signed, 'x', secrets, { tolerance: 5 }],
      'tolerance',
      'no such option; allowed: toleranceSeconds, nowMs',
    ],
    [[signed, 'x', secrets, { toleranceSeconds: Number.NaN }], 'toleranceSeconds', 'NaN'],
    [[signed, 'x', secrets, { nowMs: new Date() }], 'nowMs', 'kind Date'],
  ])('verifySignature refuses %o', (args, field, message) =>
    expectRefusal(() => (verifySignature as Unchecked)(...args), field, message),
  );
});
