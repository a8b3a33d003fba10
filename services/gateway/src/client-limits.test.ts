import { setTimeout as sleep } from 'node:timers/promises';
import { openSession, type Session } from '@boomerang/client';
import type { ClientLimits } from '@boomerang/domain';
import { resetOwnLimits, setOwnLimits } from '@boomerang/redis';
import { waitFor } from '@boomerang/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { SpageClient } from '../test-support/spage-client.js';
import { connectTo, startTestGateway, type TestGateway } from '../test-support/test-gateway.js';

let gateway: TestGateway;
let ports: { tcp: number; grpc: number };
let session: Session;
let rival: Session;
let spage: SpageClient;
beforeAll(async () => {
  gateway = await startTestGateway();
  ports = await gateway.openDoors();
  const connection = await connectTo(ports.tcp);
  const callback = { protocol: 'HTTP', endpoint: 'http://192.0.2.1/cb' } as const;
  session = await openSession(connection, { token: gateway.tokens.shop, callback });
  rival = await openSession(connection, { token: gateway.tokens.rival, callback });
  spage = new SpageClient(ports.grpc, gateway.tokens.shop);
});
afterAll(async () => {
  spage?.close();
  await gateway?.stop();
});
afterEach(() =>
  resetOwnLimits(gateway.redis, 'shop', [
    'registrationsPerSecond',
    'parkedTasks',
    'payloadBytes',
    'shortestIntervalMs',
  ]),
);

const register = (payload: string | Uint8Array = 'x') => session.setTimeout(payload, 3_600_000);
const outcome = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error as Error,
  );

/** Limits of its own, as soon as the gateway keeps them. */
async function limitTo(limits: Partial<ClientLimits>) {
  await setOwnLimits(gateway.redis, 'shop', limits);
  await sleep(1_000);
}

describe('a client that registers more a second than it may', () => {
  test('is refused with the limit and when to ask again, keeps its connection, and disturbs nobody', async () => {
    await limitTo({ registrationsPerSecond: 20 });
    const outcomes = await Promise.all(Array.from({ length: 100 }, () => outcome(register())));
    const refused = outcomes.filter((error) => error !== undefined);
    expect(refused.length).toBeGreaterThanOrEqual(75);
    for (const error of refused) {
      expect(error).toMatchObject({ status: 'ERROR', code: 'exhausted' });
      expect(error.message).toMatch(/at most 20 tasks a second; ask again in \d+ ms/);
    }
    await rival.setTimeout('x', 3_600_000);
    const waitMs = Number(/ask again in (\d+) ms/.exec(refused[0]?.message ?? '')?.[1]);
    await sleep(waitMs + 100);
    await register();
  });

  test('is refused over gRPC with RESOURCE_EXHAUSTED and the limit in its details', async () => {
    await limitTo({ registrationsPerSecond: 1 });
    await outcome(spage.call('submitTask', { type: 'a' }));
    const error = await outcome(spage.call('submitTask', { type: 'a' }));
    expect(error).toMatchObject({ code: 8 });
    expect(String(error?.message)).toMatch(/at most 1 tasks a second/);
  });

  test('is limited over all gateways and doors together', async () => {
    await limitTo({ registrationsPerSecond: 10 });
    const other = await connectTo(await gateway.open());
    const there = await openSession(other, {
      token: gateway.tokens.shop,
      callback: { protocol: 'HTTP', endpoint: 'http://192.0.2.1/cb' },
    });
    let taken = 0;
    const startedAt = performance.now();
    while (performance.now() - startedAt < 3_000) {
      const outcomes = await Promise.all([
        outcome(register()),
        outcome(there.setTimeout('x', 3_600_000)),
        outcome(spage.call('submitTask', { type: 'a' })),
      ]);
      taken += outcomes.filter((error) => error === undefined).length;
      await sleep(20);
    }
    // The bucket holds tasks of the last second, and both gateways may have emptied it before they heard of each other.
    expect(taken).toBeLessThanOrEqual(3 * 10 + 2 * 10);
    expect(taken).toBeGreaterThanOrEqual(20);
  });
});

test('a client that has as many tasks as it may is refused until one has ended', async () => {
  await limitTo({ registrationsPerSecond: 10_000 });
  const { taskId } = await register();
  const have = (await gateway.redis.keys('{*}c:shop')).map((key) => gateway.redis.zcard(key));
  const count = (await Promise.all(have)).reduce((sum, one) => sum + one, 0);
  await limitTo({ parkedTasks: count + 1 });
  await register();
  await expect(register()).rejects.toMatchObject({ code: 'exhausted' });
  await session.cancel(taskId);
  await waitFor(async () => (await outcome(register())) === undefined, { message: 'room' });
});

test('a payload or an interval that the client may not have is no matter of waiting', async () => {
  await limitTo({ payloadBytes: 10, shortestIntervalMs: 5_000 });
  await register('1234567890');
  await expect(register('12345678901')).rejects.toMatchObject({
    code: 'invalid_request',
    message: expect.stringContaining('at most 10 bytes for this client'),
  });
  await expect(session.setInterval('x', 4_999)).rejects.toMatchObject({ code: 'invalid_request' });
  await session.setInterval('x', 5_000);
});
