import { connect, openHttpSession, openSession } from '@boomerang/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestGateway, type TestGateway } from '../test-support/test-gateway.js';

let gateway: TestGateway;
let ports: Awaited<ReturnType<TestGateway['openDoors']>>;
beforeAll(async () => {
  gateway = await startTestGateway();
  ports = await gateway.openDoors();
});
afterAll(() => gateway?.stop());

const callback = { protocol: 'HTTP', endpoint: 'http://192.0.2.1/' } as const;

function overHttp(token = gateway.tokens.shop) {
  return openHttpSession({ url: `http://127.0.0.1:${ports.http}`, token, callback });
}

async function getOverTcp(taskId: string) {
  const connection = await connect({ port: ports.tcp });
  const session = await openSession(connection, { token: gateway.tokens.shop, callback });
  return session.get(taskId).finally(() => connection.close());
}

describe('the client over HTTP', () => {
  test.each([
    ['a text', 'grüße'],
    ['no bytes', ''],
    ['bytes that are no text', new Uint8Array([0, 255, 254])],
    ['bytes at an offset', new Uint8Array([9, 1, 2, 9]).subarray(1, 3)],
    ['a whole MiB', 'x'.repeat(1_048_576)],
  ])('registers %s as over TCP, and tells the task likewise', async (_, payload) => {
    const session = overHttp();
    const { taskId, scheduledTimeMs } = await session.setTimeout(payload, 3_600_000);
    const [http, tcp] = [await session.get(taskId), await getOverTcp(taskId)];
    expect(Buffer.compare(http.payload, tcp.payload)).toBe(0);
    expect(Buffer.compare(http.payload, Buffer.from(payload as Uint8Array))).toBe(0);
    expect({ ...http, payload: '', clientId: 'shop' }).toEqual({ ...tcp, payload: '' });
    expect(http.dueMs).toBe(scheduledTimeMs);
  });

  test('registers recurring tasks, at a time, by a calendar', async () => {
    const session = overHttp();
    const at = Date.now() + 7_200_000;
    const all = [
      await session.setInterval('', 60_000, { delayMs: 5_000_000 }),
      await session.setTimeoutAt('', at),
      await session.setCron('', '0 9 * * *', { timeZone: 'Europe/Berlin' }),
    ];
    const [every, then, cron] = await Promise.all(all.map(({ taskId }) => session.get(taskId)));
    expect(every).toMatchObject({ repeatIntervalMs: 60_000 });
    expect(then).toMatchObject({ dueMs: at, repeatIntervalMs: 0 });
    expect(cron).toMatchObject({ calendar: { cron: '0 9 * * *', timeZone: 'Europe/Berlin' } });
  });

  test('registers once for a key, and tells when it was used with other content', async () => {
    const session = overHttp();
    const key = { idempotencyKey: 'order "17" \\' };
    const first = await session.setTimeout('a', 3_600_000, key);
    expect(await session.setTimeout('a', 3_600_000, key)).toEqual(first);
    await expect(session.setTimeout('b', 3_600_000, key)).rejects.toMatchObject({ code: 'key_reused' });
  });

  test('lists page by page, with its filter, and cancels', async () => {
    const session = overHttp(gateway.tokens.rival);
    for (const ms of [1, 2, 3]) await session.setTimeout('', 3_600_000 + ms);
    await session.setInterval('', 4_000_000);
    const first = await session.list({ limit: 2, recurring: false });
    const second = await session.list({ limit: 2, recurring: false, nextToken: first.nextToken as string });
    expect([first.tasks.length, second.tasks.length, second.nextToken]).toEqual([2, 1, undefined]);
    expect((await session.list({ scheduledAfterMs: Date.now() + 3_900_000 })).tasks).toHaveLength(1);
    const taskId = first.tasks[0]?.taskId as string;
    expect(await session.cancel(taskId)).toEqual({ attemptUnderWay: false });
    expect(await session.get(taskId)).toMatchObject({ state: 'cancelled' });
  });

  test('tells when a task would recur by a calendar', async () => {
    const options = { timeZone: 'Europe/Berlin', count: 2, afterMs: Date.UTC(2030, 0, 1) };
    expect(await overHttp().previewCron('0 9 * * *', options)).toEqual([
      Date.UTC(2030, 0, 1, 8),
      Date.UTC(2030, 0, 2, 8),
    ]);
  });

  test('lists, shows, replays and purges dead letters as over TCP', async () => {
    const session = overHttp();
    for (const payload of ['a', 'b', 'c']) await session.setTimeout(payload, 0);
    await gateway.failAll();
    const [first, second] = (await session.deadLetters.list({ limit: 2 })).deadLetters;
    const rest = await session.deadLetters.list({ filter: { errorClass: 'rejected', bucket: 'default' } });
    expect(rest.deadLetters).toHaveLength(3);
    const id = first?.deadLetterId as string;
    const connection = await connect({ port: ports.tcp });
    const overTcp = await openSession(connection, { token: gateway.tokens.shop });
    const [http, tcp] = [await session.deadLetters.get(id), await overTcp.deadLetters.get(id)];
    await connection.close();
    expect({ ...http, clientId: 'shop', bucket: tcp.bucket }).toEqual({
      ...tcp,
      payload: Buffer.from(tcp.payload),
    });
    const replayed = await session.deadLetters.replay({ ids: [id, '0-1-0'] });
    expect(replayed).toMatchObject({
      replayed: [{ deadLetterId: id, replayedBefore: false }],
      refused: [{ deadLetterId: '0-1-0', code: 'not_found' }],
    });
    expect(await session.deadLetters.replay({ ids: [id] })).toMatchObject({
      replayed: [{ taskId: replayed.replayed[0]?.taskId, replayedBefore: true }],
    });
    expect(await session.deadLetters.purge({ ids: [second?.deadLetterId as string] })).toMatchObject({
      purged: 1,
    });
    expect(await session.deadLetters.purge({ filter: {} })).toMatchObject({
      purged: 1,
      nextToken: undefined,
    });
    await expect(session.deadLetters.get(id)).rejects.toMatchObject({ code: 'not_found' });
  });

  test.each<[string, (session: ReturnType<typeof overHttp>) => Promise<unknown>, string]>([
    ['an unknown task', (session) => session.get('nope'), 'not_found'],
    ['a bad expression', (session) => session.setCron('', '99 * * * *'), 'invalid_request'],
    [
      "another client's key",
      () => overHttp('bmr_nobody_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx').list(),
      'unauthorized',
    ],
  ])('tells the code for %s', async (_, work, code) => {
    await expect(work(overHttp())).rejects.toMatchObject({ name: 'BoomerangClientError', code });
  });
});
