import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { type ClientsOnRedis, startClientsOnRedis } from '../../../test-support/clients-on-redis.js';
import { printed } from '../../../test-support/printed.js';
import { changeDefaultPolicy, dropDefaultPolicy, printDefaultPolicy } from './default-policy.js';

let shop: ClientsOnRedis;
beforeAll(async () => {
  shop = await startClientsOnRedis();
});
afterAll(() => shop.stop());
afterEach(() => vi.restoreAllMocks());

const shown = () => printed(() => printDefaultPolicy(shop.env, 'shop'));
const callback = { callback: 'http', endpoint: 'https://shop.example/cb' };

test('a default policy is set, shown, replaced and taken away', async () => {
  expect(await shown()).toBe('');
  await changeDefaultPolicy(shop.env, 'shop', {
    ...callback,
    attempts: '3',
    raw: 'application/json',
    dlq: 'late',
  });
  expect(JSON.parse(await shown())).toEqual({
    callback: {
      protocol: 'HTTP',
      endpoint: 'https://shop.example/cb',
      format: 'RAW',
      rawContentType: 'application/json',
    },
    retry: { maxAttempts: 3, strategy: 'FIXED', intervalMs: 1_000, maxIntervalMs: 60_000 },
    dlq: { destination: 'late' },
  });
  await changeDefaultPolicy(shop.env, 'shop', { callback: 'UDP', endpoint: 'shop.example:9', udpAck: true });
  expect(JSON.parse(await shown()).callback).toEqual({
    protocol: 'UDP',
    endpoint: 'shop.example:9',
    acked: true,
  });
  await dropDefaultPolicy(shop.env, 'shop');
  expect(await shown()).toBe('');
});

test.each([
  [{ callback: 'FTP' }, '--callback: "FTP" can\'t be used; allowed: HTTP, GRPC, TCP, UDP'],
  [{ endpoint: 'shop.example:9' }, 'endpoint'],
  [{ udpAck: true }, '--udp-ack: allowed only with --callback UDP'],
  [{ callback: 'TCP', endpoint: 'a:1', raw: 'a/b' }, '--raw: allowed only with --callback HTTP'],
  [{ attempts: '-1' }, '--attempts: "-1" can\'t be used; allowed: a whole number'],
  [{ attempts: '101' }, '101'],
  [{ strategy: 'random' }, '--strategy: "random" can\'t be used; allowed: FIXED, EXPONENTIAL'],
  [{ dlq: '' }, 'destination'],
])('%j is refused with what is allowed', async (change, message) => {
  await expect(changeDefaultPolicy(shop.env, 'shop', { ...callback, ...change })).rejects.toThrow(message);
});

test('a client that is not there is given none', async () => {
  await expect(changeDefaultPolicy(shop.env, 'nobody', callback)).rejects.toThrow(
    'there is no client nobody',
  );
});
