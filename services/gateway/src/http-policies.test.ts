import { randomBytes } from 'node:crypto';
import { createHeaderSeal, createOccurrenceStore, openEngine, openSigningSecrets } from '@boomerang/redis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type HttpClient, httpClient } from '../test-support/http-client.js';
import { SpageClient } from '../test-support/spage-client.js';
import { startTestGateway, type TestGateway } from '../test-support/test-gateway.js';

const masterKey = randomBytes(32);
const url = 'http://192.0.2.1/hook';
const secret = 'Bearer s3cr3t-of-the-receiver';

let gateway: TestGateway;
let grpcPort: number;
let ask: HttpClient;
let askAsRival: HttpClient;
beforeAll(async () => {
  gateway = await startTestGateway({ masterKey });
  const doors = await gateway.openDoors();
  grpcPort = doors.grpc;
  const base = `http://127.0.0.1:${doors.http}`;
  ask = httpClient(base, gateway.tokens.shop);
  askAsRival = httpClient(base, gateway.tokens.rival);
});
afterAll(() => gateway.stop());

const put = (name: string, json: object) => ask('PUT', `/v1/policies/${name}`, { json });

/** Registers a task that is due at once, fails it, and shows its dead letter. */
async function deadLetterOf(json: object, bearer?: string) {
  const { status, body } = await ask('POST', '/v1/tasks', { json, bearer });
  expect([status, body.detail]).toEqual([201, undefined]);
  await gateway.failAll();
  const { deadLetters } = (await ask('GET', '/v1/dead-letters?limit=1000')).body;
  return deadLetters.find(({ taskId }: { taskId: string }) => taskId === body.id);
}

describe('a policy by name', () => {
  test('is stored, shown, changed and removed, by its client alone', async () => {
    const policy = { callback: { url }, retry: { maxAttempts: 3, strategy: 'exponential' } };
    const { status, body } = await put('orders', policy);
    expect([status, body]).toEqual([
      200,
      {
        name: 'orders',
        default: false,
        changedAt: expect.stringMatching(/Z$/),
        callback: { url, format: 'raw' },
        retry: { maxAttempts: 3, strategy: 'exponential', interval: 1_000, maxInterval: 60_000 },
        dlq: { destination: 'default' },
      },
    ]);
    expect((await ask('GET', '/v1/policies/orders')).body).toEqual(body);
    expect((await askAsRival('GET', '/v1/policies/orders')).body).toMatchObject({
      code: 'not_found',
      field: 'name',
    });
    await put('orders', { ...policy, dlq: { destination: 'orders' } });
    expect((await ask('GET', '/v1/policies')).body.policies).toMatchObject([
      { name: 'orders', dlq: { destination: 'orders' } },
    ]);
    expect((await ask('DELETE', '/v1/policies/orders')).body).toEqual({ name: 'orders' });
    expect((await ask('DELETE', '/v1/policies/orders')).status).toBe(404);
    expect((await ask('GET', '/v1/policies')).body.policies).toEqual([]);
  });

  test('holds for registrations by its name, as it was then', async () => {
    await put('mail', { callback: { url }, retry: { maxAttempts: 1 }, dlq: { destination: 'mail' } });
    const { body } = await ask('POST', '/v1/tasks', { json: { policy: 'mail', json: 1 } });
    await put('mail', { callback: { url }, retry: { maxAttempts: 1 }, dlq: { destination: 'later' } });
    await gateway.failAll();
    const { deadLetters } = (await ask('GET', '/v1/dead-letters?bucket=mail')).body;
    expect(deadLetters).toMatchObject([
      { taskId: body.id, callback: { url, contentType: 'application/json' } },
    ]);
  });

  test('is what an idempotency key stands for, by its name', async () => {
    await put('named', { callback: { url } });
    const headers = { 'idempotency-key': 'with-policy' };
    const register = (json: object) => ask('POST', '/v1/tasks', { json: { delay: '1h', ...json }, headers });
    const { body } = await register({ policy: 'named' });
    await put('named', { callback: { url: 'http://192.0.2.1/changed' } });
    expect((await register({ policy: 'named' })).body).toEqual(body);
    expect((await register({ callback: { url } })).body.code).toBe('key_reused');
    await put('other', { callback: { url } });
    expect((await register({ policy: 'other' })).body.code).toBe('key_reused');
  });

  test('is the default of registrations that say nothing, and of no session', async () => {
    const register = (bearer?: string) => ask('POST', '/v1/tasks', { json: { delay: '1h' }, bearer });
    expect((await register()).body.field).toBe('callback');
    await put('usual', {
      callback: { url },
      retry: { maxAttempts: 1 },
      dlq: { destination: 'usual' },
      default: true,
    });
    expect(await deadLetterOf({})).toMatchObject({ dlq: { destination: 'usual' } });
    const session = await ask('POST', '/v1/sessions', { json: {} });
    expect((await register(session.body.id)).body.field).toBe('callback');
    await put('newer', { callback: { url }, default: true });
    const { policies } = (await ask('GET', '/v1/policies')).body;
    const defaults = policies.filter((one: { default: boolean }) => one.default);
    expect(defaults.map(({ name }: { name: string }) => name)).toEqual(['newer']);
    await ask('DELETE', '/v1/policies/newer');
    expect((await register()).body.field).toBe('callback');
  });

  test('opens a session', async () => {
    await put('session', { callback: { url }, retry: { maxAttempts: 1 }, dlq: { destination: 'session' } });
    const session = await ask('POST', '/v1/sessions', { json: { policy: 'session' } });
    expect(await deadLetterOf({ text: 'x' }, session.body.id)).toMatchObject({
      dlq: { destination: 'session' },
    });
  });

  test('holds for Spage tasks, without its callback', async () => {
    await put('spage', { callback: { url }, retry: { maxAttempts: 7 }, dlq: { destination: 'spage' } });
    const client = new SpageClient(grpcPort, gateway.tokens.shop);
    const submit = (metadata: Record<string, string>) =>
      client.call('submitTask', { type: 'test', priority: 2, metadata: { delay_ms: '60000', ...metadata } });
    try {
      expect(await submit({ policy: 'spage' })).toMatchObject({ success: true });
      const inUse = [];
      for (const key of await gateway.redis.keys('*}policies'))
        inUse.push(...(await gateway.redis.hvals(key)));
      expect(inUse.map((json) => JSON.parse(json))).toContainEqual({
        retry: { maxAttempts: 7, strategy: 'FIXED', intervalMs: 1_000, maxIntervalMs: 60_000 },
        dlq: { destination: 'spage' },
      });
      for (const [metadata, problem] of [
        [{ policy: 'none' }, /^metadata.policy: there is none of the name/],
        [{ policy: 'spage', max_attempts: '2' }, /^metadata.policy: .*allowed: a name alone$/],
      ] as const)
        expect(await submit(metadata)).toMatchObject({ error: { message: expect.stringMatching(problem) } });
    } finally {
      client.close();
    }
  });

  test('goes with its client', async () => {
    const admin = await gateway.addKey('shop', { permissions: ['admin'] });
    const { key } = (await ask('POST', '/v1/clients', { bearer: admin, json: { id: 'brief' } })).body;
    await ask('PUT', '/v1/policies/p', { bearer: key.key, json: { callback: { url } } });
    expect(await gateway.redis.keys('boomerang:policies:brief')).toHaveLength(1);
    await ask('DELETE', '/v1/clients/brief', { bearer: admin });
    expect(await gateway.redis.keys('boomerang:policies:brief')).toEqual([]);
  });

  test.each<[string, string, object, string]>([
    ['POST', '/v1/tasks', { policy: 'none' }, 'policy'],
    ['POST', '/v1/tasks', { policy: 'mail', callback: { url } }, 'policy'],
    ['POST', '/v1/tasks', { policy: 'mail', retry: {} }, 'policy'],
    ['POST', '/v1/sessions', { policy: 'none' }, 'policy'],
    ['POST', '/v1/sessions', { policy: 'mail', dlq: {} }, 'policy'],
    ['PUT', '/v1/policies/a%20b', { callback: { url } }, 'name'],
    ['PUT', '/v1/policies/x', { callback: { url: 'http://10.0.0.1/' } }, 'callback.url'],
    ['PUT', '/v1/policies/x', { retry: { maxAttempts: 0 } }, 'retry.maxAttempts'],
  ])('what is wrong is told: %s %s %j', async (method, path, json, field) => {
    const { status, body } = await ask(method, path, { json });
    expect({ status, ...body }).toMatchObject({ status: 400, field });
  });

  test('a client may have a hundred', { timeout: 20_000 }, async () => {
    const asRival = (name: string) =>
      askAsRival('PUT', `/v1/policies/${name}`, { json: { callback: { url } } });
    for (let n = 0; n < 100; n++) expect((await asRival(`p${n}`)).status).toBe(200);
    expect((await asRival('one-more')).body).toMatchObject({ status: 429, code: 'exhausted' });
    expect((await asRival('p7')).status).toBe(200);
  });
});

describe('headers and method of a callback', () => {
  const callback = { url, method: 'PUT', headers: { Authorization: secret, 'X-Team': 'shop' } };
  const shown = { url, method: 'PUT', headerNames: ['authorization', 'x-team'] };

  test('are kept sealed, and of headers only the names are shown', async () => {
    const { body } = await put('hidden', { callback });
    expect(body.callback).toEqual({ ...shown, format: 'raw' });
    const letter = await deadLetterOf({ callback, retry: { maxAttempts: 1 }, text: 'x' });
    expect(letter.callback).toMatchObject(shown);
    const seen = [await ask('GET', '/v1/policies'), await ask('GET', `/v1/dead-letters/${letter.id}`)];
    expect(JSON.stringify(seen)).not.toContain('s3cr3t');
    await ask('POST', '/v1/tasks', { json: { delay: '1h', policy: 'hidden' } });
    for (const key of await gateway.redis.keys('*')) {
      const dump = await gateway.redis.dumpBuffer(key);
      expect([key, dump?.includes('s3cr3t')]).toEqual([key, false]);
    }
  });

  test('reach the worker, which alone opens them, for their client', async () => {
    await ask('POST', '/v1/tasks', { json: { callback, text: 'x' } });
    const { host, port } = gateway.redis.options as { host: string; port: number };
    const engine = await openEngine({
      url: `redis://${host}:${port}`,
      name: 'worker',
      partitions: 4,
      onError: () => undefined,
    });
    const settings = { sliceMs: 1_000, retentionMs: 60_000, leaseMs: 10_000 };
    const store = createOccurrenceStore(engine, settings as never, (_id, error) => {
      throw error;
    });
    const seal = createHeaderSeal({
      masterKey,
      secrets: await openSigningSecrets(gateway.redis, masterKey),
    });
    const opened = [];
    for (const partition of engine.partitions.keys()) {
      for (const { policy, clientId } of (await store.claim(partition, 256, 5)).claimed) {
        if (policy.callback?.protocol !== 'HTTP' || !policy.callback.headers) continue;
        opened.push([policy.callback.method, seal.open(clientId, policy.callback.headers)]);
        const sealed = policy.callback.headers;
        expect(() => seal.open('rival', sealed)).toThrow(/sealed under another/);
      }
    }
    engine.close();
    expect(opened).toContainEqual(['PUT', { authorization: secret, 'x-team': 'shop' }]);
  });

  test('are what an idempotency key stands for, and the same again is the same task', async () => {
    const headers = { 'idempotency-key': 'with-headers' };
    const register = (json: object) =>
      ask('POST', '/v1/tasks', { json: { delay: '1h', callback: json }, headers });
    const { body } = await register(callback);
    expect((await register(callback)).body).toEqual(body);
    const other = { ...callback, headers: { ...callback.headers, Authorization: 'Bearer other' } };
    expect((await register(other)).body.code).toBe('key_reused');
  });

  test.each<[object, string]>([
    [{ headers: { cookie: secret } }, 'callback.headers'],
    [{ headers: { host: secret } }, 'callback.headers'],
    [{ headers: { 'x-a': `${secret}\n` } }, 'callback.headers'],
    [{ method: 'TRACE' }, 'callback.method'],
    [{ url: 'tcp://192.0.2.1:1', method: 'PUT' }, 'callback.method'],
    [{ url: 'tcp://192.0.2.1:1', method: undefined }, 'callback.headers'],
  ])('what is wrong is told, without a value: %j', async (changes, field) => {
    const { status, body } = await put('x', { callback: { ...callback, ...changes } });
    expect([status, body.field]).toEqual([400, field]);
    expect(JSON.stringify(body)).not.toContain('s3cr3t');
  });
});

test('without a master key no header is taken, and it is said why', async () => {
  const without = await startTestGateway();
  try {
    const base = `http://127.0.0.1:${(await without.openDoors()).http}`;
    const { status, body } = await httpClient(base, without.tokens.shop)('PUT', '/v1/policies/x', {
      json: { callback: { url, headers: { 'x-a': '1' } } },
    });
    expect([status, body.detail]).toEqual([400, expect.stringContaining('has no BOOMERANG_MASTER_KEY')]);
  } finally {
    await without.stop();
  }
});
