import { openSession, type Registration, type Session } from '@boomerang/client';
import { boomerang } from '@boomerang/protocol';
import { setOwnLimits } from '@boomerang/redis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { httpClient } from '../test-support/http-client.js';
import { connectTo, startTestGateway, type TestGateway } from '../test-support/test-gateway.js';

const callback = { protocol: 'HTTP', endpoint: 'http://192.0.2.1/cb' } as const;
const HOUR = 3_600_000;

let gateway: TestGateway;
let connection: Awaited<ReturnType<typeof connectTo>>;
let session: Session;
let ask: ReturnType<typeof httpClient>;
beforeAll(async () => {
  gateway = await startTestGateway();
  const ports = await gateway.openDoors();
  connection = await connectTo(ports.tcp);
  session = await openSession(connection, { token: gateway.tokens.shop, callback });
  ask = httpClient(`http://127.0.0.1:${ports.http}`, gateway.tokens.shop);
});
afterAll(() => gateway.stop());

const send = async (tasks: boomerang.Task.$Properties[], sessionId = session.sessionId) => {
  const answer = await connection.request({ sessionId, batchRegistrationRequest: { tasks } });
  return answer.batchRegistrationResponse as boomerang.BatchRegistrationResponse.$Properties;
};
const textOf = async (taskId = '') => String(Buffer.from((await session.get(taskId)).payload));

describe('a batch over TCP', () => {
  test('of a thousand tasks is registered, and answered in its order', async () => {
    const tasks = Array.from({ length: 1_000 }, (_, n) => ({
      payload: Buffer.from(`task ${n}`),
      delayMs: HOUR + n,
    }));
    const { status, results = [] } = await send(tasks);
    expect([status, results?.length]).toEqual([boomerang.Status.OK, 1_000]);
    expect(new Set(results?.map(({ taskId }) => taskId)).size).toBe(1_000);
    for (const n of [0, 1, 63, 64, 500, 999])
      expect(await textOf(results?.[n]?.taskId ?? '')).toBe(`task ${n}`);
  });

  test('has bad tasks refused by themselves, each with what is wrong with it', async () => {
    const { status, results } = await send([
      { delayMs: HOUR },
      { delayMs: 315_576_000_001 },
      { delayMs: 5, atMs: 5 },
      { delayMs: HOUR, timeZone: 'Europe/Berlin' },
      { cron: '0 0 31 2 *' },
      { payload: Buffer.alloc(1_048_577 - 100_000), delayMs: HOUR, repeatIntervalMs: 1 },
      { cron: '@daily' },
    ]);
    expect(status).toBe(boomerang.Status.OK);
    const told = results?.map(({ code, errorMessage }) => `${code}: ${errorMessage?.slice(0, 30)}`);
    expect(told).toEqual([
      ': ',
      'invalid_request: delay_ms: 315576000001 is out ',
      'invalid_request: delay_ms: 5; allowed: 0 where ',
      'invalid_request: time_zone: it is set; allowed:',
      expect.stringMatching(/^invalid_request: cron: .*no time/),
      'invalid_request: repeat_interval_ms: 1 is out o',
      ': ',
    ]);
    expect(results?.filter(({ taskId }) => taskId)).toHaveLength(2);
  });

  test('with keys is the same tasks again, also within itself', async () => {
    const batch = [
      { delayMs: HOUR, idempotencyKey: 'a' },
      { delayMs: HOUR, idempotencyKey: 'b' },
      { delayMs: HOUR, idempotencyKey: 'a' },
      { delayMs: HOUR + 1, idempotencyKey: 'b' },
    ];
    const first = (await send(batch)).results;
    expect(first?.[2]).toEqual(first?.[0]);
    expect([first?.[1]?.code, first?.[3]?.code].toSorted()).toEqual(['', 'key_reused']);
    expect((await send(batch.slice(0, 1))).results?.[0]).toEqual(first?.[0]);
  });

  test.each([
    [0, 'tasks: it is empty; allowed: 1 to 1000 tasks in one call'],
    [1_001, 'tasks: 1001 tasks; allowed: 1 to 1000 tasks in one call'],
  ])('of %i tasks is refused', async (count, message) => {
    const { status, errorMessage, results } = await send(Array.from({ length: count }, () => ({})));
    expect([status, errorMessage, results]).toEqual([boomerang.Status.INVALID_REQUEST, message, []]);
  });

  test('in a session without a callback has each task refused', async () => {
    const other = await openSession(connection, { token: gateway.tokens.shop });
    const { results } = await send([{ delayMs: 1 }], other.sessionId);
    expect(results?.[0]?.errorMessage).toContain('without a callback');
  });
});

describe('a batch of the TypeScript client', () => {
  test('mixes all kinds of tasks, and tells what became of each', async () => {
    const at = Date.now() + HOUR;
    const outcomes = await session.registerBatch([
      { payload: 'once', delayMs: HOUR },
      { payload: 'then', at },
      { payload: 'again', intervalMs: HOUR },
      { payload: 'daily', cron: '@daily', timeZone: 'Asia/Tokyo', tags: ['x'] },
      { payload: 'when?' },
      { payload: 'never', cron: '0 0 31 2 *' },
      { payload: 5 as never, delayMs: 1 },
    ]);
    const [, then, again, daily, ...refused] = outcomes as Registration[];
    expect(then?.scheduledTimeMs).toBe(at);
    expect(await session.get(again?.taskId ?? '')).toMatchObject({ repeatIntervalMs: HOUR });
    expect(await session.get(daily?.taskId ?? '')).toMatchObject({
      calendar: { timeZone: 'Asia/Tokyo' },
      tags: ['x'],
    });
    expect(refused.map((error) => (error as unknown as Error).message.slice(0, 26))).toEqual([
      "delayMs: undefined can't b",
      expect.stringMatching(/^cron: /),
      "payload: 5 can't be used; ",
    ]);
  });

  test.each([[[]], [Array.from({ length: 1_001 }, () => ({ payload: '', delayMs: 1 }))], [{}]])(
    'that is none is refused before anything is sent',
    async (tasks) => {
      await expect(session.registerBatch(tasks as never)).rejects.toMatchObject({
        code: 'invalid_request',
        field: 'tasks',
      });
    },
  );
});

describe('a batch over HTTP', () => {
  const url = 'http://192.0.2.1/hook';

  test('is registered task by task, with callbacks, keys and payloads of their own', async () => {
    const { status, body } = await ask('POST', '/v1/tasks/batch', {
      body: `{"tasks": [ {"delay":"1h","callback":{"url":"${url}"},"json":{"n": 12345678901234567890, "a":[1,{"b":"]"}]}},
        {"delay":"1h"}, 5, {"delay":"1h","callback":{"url":"${url}"},"idempotencyKey":"k","text":"x"},
        {"delay":"soon","callback":{"url":"${url}"}}, {"delay":"1h","callback":{"url":"http://10.0.0.1/"}} ]}`,
    });
    expect(status).toBe(200);
    const { results } = body;
    const told = results.map(
      (one: { field?: string; state?: string; code?: string }) => one.state ?? one.field ?? one.code,
    );
    expect(told).toEqual(['scheduled', 'callback', 'invalid_request', 'scheduled', 'delay', 'callback.url']);
    const shown = await ask('GET', `/v1/tasks/${results[0].id}`);
    expect(shown.body.text).toBe('{"n": 12345678901234567890, "a":[1,{"b":"]"}]}');
    const again = await ask('POST', '/v1/tasks/batch', {
      json: { tasks: [{ delay: '1h', callback: { url }, idempotencyKey: '"k"', text: 'x' }] },
    });
    expect(again.body.results[0].id).toBe(results[3].id);
  });

  test.each([
    [{ tasks: [] }, 'tasks'],
    [{ tasks: Array.from({ length: 1_001 }, () => ({})) }, 'tasks'],
    [{}, 'tasks'],
    [{ tasks: {} }, 'tasks'],
    [{ tasks: [{}], more: 1 }, 'more'],
  ])('that is none is refused: %#', async (json, field) => {
    const { status, body } = await ask('POST', '/v1/tasks/batch', { json });
    expect([status, body.field]).toEqual([400, field]);
  });
});

test('a limit lets in those that come first, and tells the others to wait', async () => {
  await setOwnLimits(gateway.redis, 'shop', { registrationsPerSecond: 20 });
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const outcomes = await session.registerBatch(
    Array.from({ length: 100 }, () => ({ payload: '', delayMs: HOUR })),
  );
  const codes = outcomes.map((one) => (one instanceof Error ? one.code : 'ok'));
  const first = codes.indexOf('exhausted');
  expect(first).toBeGreaterThan(5);
  expect(first).toBeLessThan(41);
  expect(codes[0]).toBe('ok');
});
