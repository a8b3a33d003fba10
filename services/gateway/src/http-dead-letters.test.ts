import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type HttpClient, httpClient } from '../test-support/http-client.js';
import { startTestGateway, type TestGateway } from '../test-support/test-gateway.js';

let gateway: TestGateway;
let ask: HttpClient;
let askAsRival: HttpClient;
beforeAll(async () => {
  gateway = await startTestGateway();
  const base = `http://127.0.0.1:${(await gateway.openDoors()).http}`;
  ask = httpClient(base, gateway.tokens.shop);
  askAsRival = httpClient(base, gateway.tokens.rival);
});
afterAll(() => gateway.stop());

const once = { maxAttempts: 1 };

/** Registers tasks that are due now, and makes dead letters of them; their tasks' ids. */
async function park(count: number, bucket: string): Promise<string[]> {
  const tasks = [];
  for (let n = 0; n < count; n++) {
    const json = {
      callback: { url: 'http://192.0.2.1/hook' },
      json: { n },
      retry: once,
      dlq: { destination: bucket },
    };
    tasks.push((await ask('POST', '/v1/tasks', { json })).body.id);
  }
  await gateway.failAll();
  return tasks;
}

describe('dead letters over HTTP', () => {
  test('are listed page by page, and shown one by one with all that is known', async () => {
    const tasks = await park(3, 'listed');
    const first = await ask('GET', '/v1/dead-letters?bucket=listed&limit=2');
    const cursor = first.body.nextCursor;
    const second = await ask('GET', `/v1/dead-letters?bucket=listed&limit=2&cursor=${cursor}`);
    expect(second.body.nextCursor).toBeNull();
    const letters = [...first.body.deadLetters, ...second.body.deadLetters];
    expect(letters.map(({ taskId }) => taskId).sort()).toEqual(tasks.sort());
    expect(letters[0].text).toBeUndefined();
    const { body } = await ask('GET', `/v1/dead-letters/${letters[0].id}`);
    expect(body).toMatchObject({
      id: letters[0].id,
      errorClass: 'rejected',
      attempts: 1,
      callback: { url: 'http://192.0.2.1/hook', format: 'raw', contentType: 'application/json' },
      retry: once,
      dlq: { destination: 'listed' },
      history: [{ attempt: 1, outcome: 'rejected', error: 'it failed' }],
      text: expect.stringMatching(/^\{"n":\d\}$/),
      payloadBytes: 7,
    });
    expect((await askAsRival('GET', `/v1/dead-letters/${letters[0].id}`)).status).toBe(404);
    const withPayloads = await ask('GET', '/v1/dead-letters?bucket=listed&payload=true&errorClass=rejected');
    expect(withPayloads.body.deadLetters).toHaveLength(3);
    expect(withPayloads.body.deadLetters[0].text).toContain('"n"');
    expect((await ask('GET', '/v1/dead-letters?errorClass=timeout')).body.deadLetters).toEqual([]);
  });

  test('one is replayed once, however often it is asked for', async () => {
    await park(1, 'one');
    const [letter] = (await ask('GET', '/v1/dead-letters?bucket=one')).body.deadLetters;
    const path = `/v1/dead-letters/${letter.id}/replay`;
    const refused = await askAsRival('POST', path);
    expect([refused.status, refused.body.code]).toEqual([404, 'not_found']);
    const { status, body } = await ask('POST', path);
    expect([status, body]).toEqual([
      200,
      {
        id: letter.id,
        taskId: expect.any(String),
        dueAt: expect.stringMatching(/Z$/),
        replayedBefore: false,
      },
    ]);
    expect((await ask('POST', path, { json: {} })).body).toEqual({ ...body, replayedBefore: true });
    expect((await ask('GET', `/v1/tasks/${body.taskId}`)).body).toMatchObject({ replayOf: letter.id });
    const gone = await ask('GET', `/v1/dead-letters/${letter.id}`);
    expect([gone.status, gone.body.detail]).toEqual([404, `id: it was replayed as task ${body.taskId}`]);
  });

  test('many are replayed at a rate, page by page, or to where a session says', async () => {
    await park(3, 'many');
    const filter = { bucket: 'many' };
    const first = await ask('POST', '/v1/dead-letters/replay', {
      json: { filter, limit: 2, ratePerSecond: 1 },
    });
    expect(first.body).toMatchObject({ replayed: [{}, {}], refused: [], nextCursor: expect.any(String) });
    const [one, other] = first.body.replayed;
    // What is due at once is due when its own partition does it.
    expect(Date.parse(other.dueAt) - Date.parse(one.dueAt)).toBeGreaterThan(800);
    const session = await ask('POST', '/v1/sessions', {
      json: { callback: { url: 'http://192.0.2.1/other' } },
    });
    const rest = await ask('POST', '/v1/dead-letters/replay', {
      bearer: session.body.id,
      json: { filter, cursor: first.body.nextCursor, useSessionCallback: true },
    });
    expect(rest.body).toMatchObject({ replayed: [{}], nextCursor: null });
    const ids = ['0-1-1'];
    const none = await ask('POST', '/v1/dead-letters/replay', { json: { ids } });
    expect(none.body).toMatchObject({ replayed: [], refused: [{ id: '0-1-1', code: 'not_found' }] });
  });

  test('one or many are purged', async () => {
    await park(3, 'purged');
    const letters = async () => (await ask('GET', '/v1/dead-letters?bucket=purged')).body.deadLetters;
    const [{ id }] = await letters();
    expect((await askAsRival('DELETE', `/v1/dead-letters/${id}`)).status).toBe(404);
    expect((await ask('DELETE', `/v1/dead-letters/${id}`)).body).toEqual({ purged: 1 });
    expect((await ask('DELETE', `/v1/dead-letters/${id}`)).status).toBe(404);
    expect(await letters()).toHaveLength(2);
    const all = await ask('POST', '/v1/dead-letters/purge', { json: { filter: { bucket: 'purged' } } });
    expect(all.body).toEqual({ purged: 2, refused: [], nextCursor: null });
  });

  test.each<[string, string, object | undefined, string]>([
    ['GET', '/v1/dead-letters/none', undefined, 'id'],
    ['GET', '/v1/dead-letters?errorClass=bad', undefined, 'errorClass'],
    ['GET', '/v1/dead-letters?after=noon', undefined, 'after'],
    ['GET', '/v1/dead-letters?limit=0', undefined, 'limit'],
    ['GET', '/v1/dead-letters?cursor=forged', undefined, 'cursor'],
    ['POST', '/v1/dead-letters/replay', {}, 'ids'],
    ['POST', '/v1/dead-letters/replay', { ids: ['0-1-1'], limit: 5 }, 'limit'],
    ['POST', '/v1/dead-letters/replay', { filter: {}, ratePerSecond: -1 }, 'ratePerSecond'],
    ['POST', '/v1/dead-letters/replay', { filter: {}, useSessionCallback: true }, 'useSessionCallback'],
    ['POST', '/v1/dead-letters/purge', { filter: { after: 'noon' } }, 'filter.after'],
    ['POST', '/v1/dead-letters/purge', { filter: {}, all: true }, 'all'],
  ])('what is wrong is told: %s %s %j', async (method, path, json, field) => {
    const { status, body } = await ask(method, path, { json });
    expect({ status, ...body }).toMatchObject({ status: 400, code: 'invalid_request', field });
  });
});

describe('a preview of a schedule', () => {
  test('tells the next times by the clock of a zone', async () => {
    const query = 'cron=0+9+*+*+*&timeZone=Europe/Berlin&count=2&after=2030-03-30T12:00:00Z';
    const { status, body } = await ask('GET', `/v1/schedule/preview?${query}`);
    expect([status, body]).toEqual([
      200,
      { times: ['2030-03-31T07:00:00.000Z', '2030-04-01T07:00:00.000Z'] },
    ]);
    expect((await ask('GET', '/v1/schedule/preview?cron=@hourly')).body.times).toHaveLength(10);
  });

  test.each([
    ['', 'cron'],
    ['cron=every+day', 'cron'],
    ['cron=@daily&timeZone=Mars', 'timeZone'],
    ['cron=@daily&count=0', 'count'],
    ['cron=@daily&count=1001', 'count'],
  ])('what is wrong is told: %s', async (query, field) => {
    const { status, body } = await ask('GET', `/v1/schedule/preview?${query}`);
    expect([status, body.field]).toEqual([400, field]);
  });
});
