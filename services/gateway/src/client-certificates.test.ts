import { execFileSync, spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { connect as connectPlain } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { selfSignedCertificate, waitFor } from '@boomerang/testkit';
import { credentials } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SpageClient } from '../test-support/spage-client.js';
import { startTestGateway, type TestGateway } from '../test-support/test-gateway.js';
import { askOverTls, prepareTlsDoors, requestOverTls, type TlsDoors } from '../test-support/tls-doors.js';
import { readCertificateRules } from './operations/authentication/certificate-rules.js';

const WEB = { name: 'web', san: 'URI:spiffe://shop/web', client: 'shop' };
const RULES = [
  WEB,
  { name: 'reader', subject: { CN: 'shop-reader' }, client: 'shop', permissions: ['read'] },
  { name: 'rival', subject: { CN: 'rival' }, client: 'rival' },
  { name: 'gone', subject: { CN: 'gone' }, client: 'nobody' },
];
const callback = { protocol: 2, endpoint: 'http://192.0.2.1/cb' };
const task = { payload: Buffer.from('x'), delayMs: 60_000 };

let doors: TlsDoors;
let gateway: TestGateway;
let ports: { tcp: number; grpc: number; http: number };

beforeAll(async () => {
  doors = await prepareTlsDoors(RULES);
  gateway = await startTestGateway();
  ports = await gateway.openDoors(doors.settings);
});
afterAll(async () => {
  await gateway?.stop();
  await doors?.remove();
});

type Pair = { readonly cert: string; readonly key: string };
const web = () => doors.issue(['anything', 'spiffe://shop/web']);
const tlsOf = (pair?: Pair) => ({ ca: doors.authority.cert, ...pair });

const shake = (pair: Pair | undefined, authToken = '') =>
  askOverTls(ports.tcp, tlsOf(pair), { authHandshake: { authToken, callback } });

function spageOf(pair: Pair | undefined, bearer?: string): SpageClient {
  const bytes = (text: string | undefined) => (text === undefined ? null : Buffer.from(text));
  const channel = credentials.createSsl(bytes(doors.authority.cert), bytes(pair?.key), bytes(pair?.cert));
  return new SpageClient(ports.grpc, bearer, channel);
}

const register = {
  method: 'POST',
  path: '/v1/tasks',
  body: { text: 'x', delay: '1h', callback: { url: callback.endpoint } },
};

describe('a certificate that stands for a client', () => {
  test('opens a session over TCP, whose tasks are the client’s', async () => {
    const [opened] = await shake(web());
    const sessionId = opened?.authResponse?.sessionId ?? '';
    const [registered] = await askOverTls(ports.tcp, tlsOf(), { sessionId, registrationRequest: task });
    const taskId = registered?.registrationResponse?.taskId ?? '';
    const [byKey] = await shake(undefined, gateway.tokens.shop);
    const asked = { sessionId: byKey?.authResponse?.sessionId ?? '', getTaskRequest: { taskId } };
    const [found] = await askOverTls(ports.tcp, tlsOf(), asked);
    expect(found?.getTaskResponse?.task).toMatchObject({ taskId, clientId: 'shop' });
  });

  test('is good for calls and streams over gRPC, and for a token', async () => {
    const spage = spageOf(web());
    expect((await spage.call('submitTask', { type: 'a' })).success).toBe(true);
    const { token } = await spage.call('authenticate', {});
    const byToken = spageOf(undefined, token ?? '');
    expect((await byToken.call('listTasks', {})).total).toBeGreaterThan(0);
    const stream = spage.stream();
    stream.send('ping', { at_ms: '1' });
    expect((await stream.next('pong')).data).toMatchObject({ at_ms: '1' });
    stream.end();
    spage.close();
    byToken.close();
  });

  test('is good for requests over HTTP, and opens a session there', async () => {
    expect((await requestOverTls(ports.http, tlsOf(web()), register)).status).toBe(201);
    const opened = await requestOverTls(ports.http, tlsOf(web()), {
      method: 'POST',
      path: '/v1/sessions',
      body: {},
    });
    expect(opened.status).toBe(201);
    const listed = await requestOverTls(ports.http, tlsOf(), {
      path: '/v1/tasks',
      headers: { authorization: `Bearer ${JSON.parse(opened.text).id}` },
    });
    expect(JSON.parse(listed.text).tasks.length).toBeGreaterThan(0);
  });

  test('may be used for what its rule says', async () => {
    const reader = tlsOf(doors.issue(['shop-reader']));
    expect((await requestOverTls(ports.http, reader, { path: '/v1/tasks' })).status).toBe(200);
    const refused = await requestOverTls(ports.http, reader, register);
    expect(refused.status).toBe(403);
    expect(refused.text).toContain('it has: read');
  });

  test('gives way to a key that is shown as well', async () => {
    const [opened] = await shake(web(), gateway.tokens.rival);
    const sessionId = opened?.authResponse?.sessionId ?? '';
    const [registered] = await askOverTls(ports.tcp, tlsOf(), { sessionId, registrationRequest: task });
    const taskId = registered?.registrationResponse?.taskId;
    const found = await requestOverTls(ports.http, tlsOf(web()), { path: `/v1/tasks/${taskId}` });
    expect(found.status).toBe(404);
  });
});

test.each([
  ['that stands for nobody', () => doors.issue(['stranger']), 'it stands for no client'],
  ['of a client that is not there', () => doors.issue(['gone']), 'its client is not there'],
])('a certificate %s is unauthorized at every door, with the reason', async (_what, issue, reason) => {
  const pair = issue();
  const [refused] = await shake(pair);
  expect(refused?.authResponse).toMatchObject({ status: 2, errorMessage: expect.stringContaining(reason) });
  const spage = spageOf(pair);
  await expect(spage.call('listTasks', {})).rejects.toMatchObject({
    code: 16,
    details: expect.stringContaining(reason),
  });
  spage.close();
  const answer = await requestOverTls(ports.http, tlsOf(pair), { path: '/v1/tasks' });
  expect(answer).toMatchObject({ status: 401, text: expect.stringContaining(reason) });
});

test.each([
  [
    'of another authority',
    () => selfSignedCertificate({ names: ['shop-reader'] }),
    'DEPTH_ZERO_SELF_SIGNED_CERT',
  ],
  [
    'that has expired',
    () => doors.issue(['shop-reader'], { expiresAtMs: Date.now() - 1_000 }),
    'CERT_HAS_EXPIRED',
  ],
])('a certificate %s is refused at every door in good order', async (_what, issue, reason) => {
  const pair = issue();
  const [refused] = await shake(pair, gateway.tokens.shop);
  expect(refused?.errorResponse).toMatchObject({
    code: 'CERTIFICATE_REFUSED',
    status: 2,
    errorMessage: expect.stringContaining(reason),
  });
  const spage = spageOf(pair);
  await expect(spage.call('listTasks', {})).rejects.toMatchObject({ code: 7 });
  spage.close();
  const answer = await requestOverTls(ports.http, tlsOf(pair), { path: '/v1/tasks' });
  expect(answer).toMatchObject({ status: 400, text: expect.stringContaining(reason) });
});

test('what a certificate has opened ends within three seconds after its rule is gone', async () => {
  const [opened] = await shake(web());
  const sessionId = opened?.authResponse?.sessionId ?? '';
  const spage = spageOf(web());
  const stream = spage.stream();
  stream.send('ping', { at_ms: '1' });
  await stream.next('pong');
  const startedAt = performance.now();
  await doors.setClients(RULES.filter((rule) => rule !== WEB));
  await waitFor(stream.error, { message: 'the end of the stream', timeoutMs: 10_000 });
  const refreshed = async () => {
    const [answer] = await askOverTls(ports.tcp, tlsOf(), { sessionId, sessionRefresh: {} });
    return answer?.sessionRefreshResponse?.status === 4;
  };
  await waitFor(refreshed, { message: 'the end of the session', timeoutMs: 10_000 });
  expect(performance.now() - startedAt).toBeLessThan(3_000);
  spage.close();
  // A list that can't be used changes nothing.
  writeFileSync(doors.settings.tlsClients ?? '', '[{');
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const reader = tlsOf(doors.issue(['shop-reader']));
  expect((await requestOverTls(ports.http, reader, { path: '/v1/tasks' })).status).toBe(200);
  await doors.setClients(RULES);
  const opens = async () => (await shake(web()))[0]?.authResponse?.status === 0;
  await waitFor(opens, { message: 'the list of before' });
}, 30_000);

describe('a plain client at a port that speaks TLS', () => {
  async function sayPlainly(port: number, text: string) {
    const socket = connectPlain({ port, host: '127.0.0.1' });
    let received = '';
    let error: Error | undefined;
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
    });
    socket.on('error', (thrown) => {
      error = thrown;
    });
    socket.write(text);
    await new Promise((resolve) => socket.once('close', resolve));
    return { received, error };
  }

  test.each(['http', 'grpc'] as const)(
    'is told so over %s in the HTTP that it speaks, and closed without a reset',
    async (door) => {
      const one = await sayPlainly(ports[door], `GET / HTTP/1.1\r\nHost: a\r\n\r\n${'x'.repeat(100_000)}`);
      expect(one.error).toBeUndefined();
      expect(one.received).toMatch(/^HTTP\/1.1 400 Bad Request[\s\S]*connect with TLS 1.2 or later\n$/);
      const two = await sayPlainly(ports[door], `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${'x'.repeat(100_000)}`);
      expect(two).toMatchObject({
        error: undefined,
        received: expect.stringContaining('connect with TLS 1.2 or later'),
      });
      expect(await sayPlainly(ports[door], 'hello')).toEqual({ error: undefined, received: '' });
    },
  );
});

test.each(['http', 'grpc'] as const)('TLS 1.1 is not spoken over %s, 1.2 and 1.3 are', async (door) => {
  const protocolOf = (version: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3') =>
    new Promise((resolve, reject) => {
      const versions = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' } as const;
      const socket = connectTls({
        port: ports[door],
        host: '127.0.0.1',
        ca: doors.authority.cert,
        ...versions,
      });
      socket.once('secureConnect', () => resolve(socket.getProtocol()));
      socket.once('secureConnect', () => socket.destroy()).once('error', reject);
    });
  await expect(protocolOf('TLSv1.1')).rejects.toThrow();
  expect(await protocolOf('TLSv1.2')).toBe('TLSv1.2');
  expect(await protocolOf('TLSv1.3')).toBe('TLSv1.3');
});

test('a new certificate is taken over at every door without a restart', async () => {
  const next = selfSignedCertificate({ signedBy: doors.authority });
  writeFileSync(doors.settings.httpTlsCert ?? '', next.cert);
  writeFileSync(doors.settings.httpTlsKey ?? '', next.key);
  const serialAt = (port: number) =>
    new Promise((resolve, reject) => {
      const socket = connectTls({ port, host: '127.0.0.1', ca: doors.authority.cert });
      socket.once('secureConnect', () => resolve(socket.getPeerX509Certificate()?.serialNumber));
      socket.once('secureConnect', () => socket.destroy()).once('error', reject);
    });
  const { serialNumber } = new X509Certificate(next.cert);
  for (const port of Object.values(ports).filter((each) => typeof each === 'number')) {
    const isNew = async () => (await serialAt(port)) === serialNumber;
    await waitFor(isNew, { message: `the new certificate at ${port}`, timeoutMs: 15_000 });
  }
}, 30_000);

function hasOpenssl(): boolean {
  try {
    return execFileSync('openssl', ['version']).length > 0;
  } catch {
    return false;
  }
}

test.skipIf(!hasOpenssl())('openssl’s s_client makes a request with a certificate', async () => {
  const { cert, key } = web();
  const [certFile, keyFile] = [join(doors.folder, 'web.crt'), join(doors.folder, 'web.key')];
  writeFileSync(certFile, cert);
  writeFileSync(keyFile, key);
  const caFile = doors.settings.tlsClientCa ?? '';
  const address = `127.0.0.1:${ports.http}`;
  const args = ['s_client', '-quiet', '-verify_return_error', '-connect', address, '-CAfile', caFile];
  const client = spawn('openssl', [...args, '-cert', certFile, '-key', keyFile], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  let said = '';
  client.stdout.on('data', (chunk) => {
    said += chunk;
  });
  client.stdin.write('GET /v1/tasks?limit=1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  await new Promise((resolve) => client.once('exit', resolve));
  expect(said).toMatch(/^HTTP\/1.1 200 OK[\s\S]*"tasks"/);
});

const good = { name: 'a', san: 'DNS:a', client: 'shop' };
test.each([
  [{}, 'the file holds no list: expected a JSON array of certificates'],
  [[{ ...good, name: 'a b' }], '[0].name is "a b": expected 1 to 32 letters'],
  [
    [{ ...good, san: undefined }],
    '[0].subject is missing: expected one of subject, san and fingerprint at least',
  ],
  [[{ ...good, san: 'a' }], '[0].san is "a": expected such as "DNS:shop.example"'],
  [[{ ...good, subject: {} }], '[0].subject is {}: expected an object of attributes'],
  [[{ ...good, subject: { CN: 1 } }], '[0].subject is {"CN":1}: expected an object of attributes'],
  [[{ ...good, fingerprint: 'ab' }], '[0].fingerprint is "ab": expected SHA-256 as openssl prints it'],
  [[{ ...good, client: '../x' }], '[0].client is "../x": expected the name of a client'],
  [[{ ...good, permissions: [] }], '[0].permissions is []: expected a list of register'],
  [[good, good], 'two certificates have the name "a": expected one each'],
])('a list of clients like %j stops the start, with what is allowed', (content, message) => {
  const path = join(doors.folder, 'bad.json');
  writeFileSync(path, JSON.stringify(content));
  expect(() => readCertificateRules(path)).toThrow(`BOOMERANG_TLS_CLIENTS: ${message}`);
});

test.each([
  [
    { tlsClients: undefined },
    'BOOMERANG_TLS_CLIENTS is not set, but BOOMERANG_TLS_CLIENT_CA is: expected both',
  ],
  [
    { httpTlsKey: undefined },
    'BOOMERANG_HTTP_TLS_KEY is not set, but BOOMERANG_HTTP_TLS_CERT is: expected both',
  ],
  [
    Object.fromEntries(
      ['tcp', 'grpc', 'http'].flatMap((door) => [
        [`${door}TlsCert`, undefined],
        [`${door}TlsKey`, undefined],
      ]),
    ),
    'BOOMERANG_TLS_CLIENT_CA is set, but no port speaks TLS',
  ],
])('settings that do not go together stop the start: %j', async (change, message) => {
  await expect(gateway.openDoors({ ...doors.settings, ...change })).rejects.toThrow(message);
});
