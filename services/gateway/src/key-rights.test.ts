import { openSession } from '@boomerang/client';
import { changeKey } from '@boomerang/redis';
import { waitFor } from '@boomerang/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SpageClient } from '../test-support/spage-client.js';
import { connectTo, startTestGateway, type TestGateway } from '../test-support/test-gateway.js';

const callback = { protocol: 'HTTP', endpoint: 'http://192.0.2.1/cb' } as const;

let gateway: TestGateway;
let ports: { tcp: number; grpc: number; http: number };
beforeAll(async () => {
  gateway = await startTestGateway();
  ports = await gateway.openDoors();
});
afterAll(() => gateway?.stop());

const change = (rights: Parameters<typeof changeKey>[3]) =>
  changeKey(gateway.redis, 'shop', gateway.tokens.shop.split('_')[1] as string, rights);

/** How each door answers the key. */
async function answers() {
  const connection = await connectTo(ports.tcp);
  const tcp = await openSession(connection, { token: gateway.tokens.shop }).then(
    () => 'ok',
    ({ message }) => message,
  );
  await connection.close();
  const spage = new SpageClient(ports.grpc, gateway.tokens.shop);
  const grpc = await spage.call('listTasks', {}).then(
    () => 'ok',
    ({ code }) => code,
  );
  spage.close();
  const headers = { authorization: `Bearer ${gateway.tokens.shop}` };
  const http = (await fetch(`http://127.0.0.1:${ports.http}/v1/tasks`, { headers })).status;
  return { tcp, grpc, http };
}

describe('a key', () => {
  test('bound to addresses is unknown from elsewhere at every door, and good from there', async () => {
    await change({ addresses: ['192.0.2.0/24'] });
    expect(await answers()).toEqual({
      tcp: expect.stringContaining('unknown or wrong key'),
      grpc: 16,
      http: 401,
    });
    await change({ addresses: ['192.0.2.0/24', '127.0.0.1'] });
    expect(await answers()).toEqual({ tcp: 'ok', grpc: 'ok', http: 200 });
    await change({ addresses: [] });
  });

  test('whose permissions are changed may do what they say within a second, in sessions that are open too', async () => {
    const connection = await connectTo(ports.tcp);
    const session = await openSession(connection, { token: gateway.tokens.shop, callback });
    await session.setTimeout('x', 60_000);
    const startedAt = performance.now();
    await change({ permissions: ['read'] });
    const refusal = () =>
      session.setTimeout('x', 60_000).then(
        () => undefined,
        (error: unknown) => error,
      );
    const error = await waitFor(refusal, { message: 'the end of the permission' });
    expect(error).toMatchObject({ code: 'forbidden', message: expect.stringContaining('it has: read') });
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    await session.list();
    await connection.close();
  });
});
