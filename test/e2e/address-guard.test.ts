import { createServer } from 'node:net';
import { type Connection, connect, openSession, resumeSession } from '@boomerang/client';
import { DEFAULT_PERMISSIONS, parseClientKey } from '@boomerang/domain';
import { createSessionStore } from '@boomerang/redis';
import { startStack, type TestStack, type TestStackOptions, waitFor } from '@boomerang/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { insideHosts, publicHosts } from '../../packages/address-guard/test-support/inside-hosts.js';
import { deadLettersOf } from './support/dead-letters.js';

let knocks = 0;
const inside = createServer(() => knocks++);
const cleanUps: (() => unknown)[] = [];
let strict: { stack: TestStack; connection: Connection };
beforeAll(async () => {
  await new Promise<void>((resolve) => inside.listen(0, resolve));
  cleanUps.push(() => inside.close());
  const nothingAllowed = { BOOMERANG_CALLBACK_ALLOW: '' };
  strict = await start({ gateway: nothingAllowed, worker: nothingAllowed });
});
afterAll(async () => {
  for (const cleanUp of cleanUps.reverse()) await cleanUp();
});

async function start(env: TestStackOptions['env'] = {}) {
  const stack = await startStack({ env });
  cleanUps.push(() => stack.stop());
  const connection = await connect({ port: stack.tcpPorts[0] as number });
  cleanUps.push(() => connection.close());
  return { stack, connection };
}

const urlOf = (host: string) => `http://${host}:${(inside.address() as { port: number }).port}/`;
const handshake = (endpoint: string, { stack, connection } = strict) =>
  openSession(connection, { token: stack.token, callback: { protocol: 'HTTP', endpoint } });

/** As a session whose endpoint's name has changed since its handshake. */
async function registerUnchecked(endpoint: string, { stack, connection } = strict): Promise<void> {
  const retry = { maxAttempts: 3, strategy: 'FIXED', intervalMs: 100, maxIntervalMs: 100 } as const;
  const callback = { protocol: 'HTTP', endpoint } as const;
  const sessions = createSessionStore(stack.redis.redis, 60_000);
  const keyId = parseClientKey(stack.token)?.keyId ?? '';
  const key = { clientId: 'test', keyId, permissions: DEFAULT_PERMISSIONS };
  const { sessionId } = await sessions.open(key, { callback, retry, dlq: { destination: 'default' } });
  await resumeSession(connection, sessionId).setTimeout(endpoint, 0);
}

/** What became of the endpoints that were registered unchecked: each refused once and for all. */
async function requireRefused(endpoints: readonly string[], { stack } = strict): Promise<void> {
  const all = async () => (await deadLettersOf(stack)).length === endpoints.length;
  await waitFor(all, { message: 'a dead letter of each' });
  const letters = await deadLettersOf(stack);
  const texts = letters.map(({ payload }) => Buffer.from(payload).toString());
  expect(texts.sort()).toEqual([...endpoints].sort());
  for (const { attempts, history } of letters) {
    expect(attempts).toBe(1);
    expect(history).toMatchObject([{ errorClass: 'address', error: expect.stringMatching(/not allowed$/) }]);
  }
}

test('a handshake with an endpoint inside is refused in every spelling, saying why and what is allowed', async () => {
  for (const host of insideHosts) {
    await expect(handshake(urlOf(host)), host).rejects.toThrow(
      /callback\.endpoint: callbacks to \S+ \([\w ]+\) are not allowed; allowed: public addresses, and those that BOOMERANG_CALLBACK_ALLOW opens/,
    );
  }
});

test.each([
  'http://8.8.8.8@127.0.0.1/',
  'http://8.8.8.8:80@127.0.0.1/',
  'http://127.0.0.1\\@8.8.8.8/',
  'http://8.8.8.8#@127.0.0.1/',
  'http:127.0.0.1/',
  'http:///127.0.0.1/',
  'http://127.0.0.1\t/',
  'http://[fe80::1%25eth0]/',
  'http://[::1%25lo]/',
  'gopher://127.0.0.1/',
  'file:///etc/passwd',
])('a handshake with %j is refused', async (endpoint) => {
  await expect(handshake(endpoint)).rejects.toThrow(/^callback\.endpoint: /);
});

test('a handshake with a public endpoint is accepted, and with a name that is not known yet', async () => {
  for (const host of [...publicHosts, 'no-such-name.invalid']) await handshake(urlOf(host));
});

test('at firing every spelling is refused again: a dead letter at once, and nobody was called', async () => {
  const endpoints = insideHosts.map(urlOf);
  for (const endpoint of endpoints) await registerUnchecked(endpoint);
  await requireRefused(endpoints);
  expect(knocks).toBe(0);
});

test('where loopback is allowed, our own Redis and ports stay closed', async () => {
  const open = await start();
  await handshake(urlOf('127.0.0.1'), open);
  const { tcpPorts, httpPorts, redis } = open.stack;
  const at = (port: string | number | undefined) => `http://localhost:${port}/`;
  const redisPort = new URL(redis.url).port;
  for (const port of [redisPort, tcpPorts[0], httpPorts.gateway[0]]) {
    await expect(handshake(at(port), open)).rejects.toThrow(/\(denied\)/);
  }
  const endpoints = [at(redisPort), at(httpPorts.worker[0])];
  for (const endpoint of endpoints) await registerUnchecked(endpoint, open);
  await requireRefused(endpoints, open);
});
