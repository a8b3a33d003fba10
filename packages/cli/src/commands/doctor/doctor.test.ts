import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connectRedis, type RedisConnection } from '@boomerang/redis';
import { freePort, type RedisServer, startRedisServer } from '@boomerang/redis-server';
import { VERSION } from '@boomerang/runtime';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkGateway } from './check-gateway.js';
import { checkRedis } from './check-redis.js';

describe('doctor looks at Redis', () => {
  let server: RedisServer;
  let redis: RedisConnection;
  beforeAll(async () => {
    server = await startRedisServer();
    redis = await connectRedis({ url: server.url, name: 'test' });
    await redis.config('SET', 'appendonly', 'yes', 'maxmemory', '100mb', 'maxmemory-policy', 'noeviction');
  });
  afterAll(async () => {
    redis?.disconnect();
    await server?.stop();
  });

  const findings = async () => {
    const all = await checkRedis({ url: server.url });
    return new Map(all.map((finding) => [finding.check, finding]));
  };

  test('and finds nothing to mend where nothing is off', async () => {
    const found = await findings();
    expect([...found.keys()]).toEqual([
      ...[
        'redis',
        'redis version',
        'redis disk',
        'redis memory',
        'redis hz',
        'redis clock',
        'redis replicas',
      ],
    ]);
    expect([...found.values()].every(({ state }) => state === 'ok')).toBe(true);
  });

  test.each([
    ['maxmemory-policy', 'allkeys-lru', 'noeviction', 'redis version', 'bad', 'set noeviction'],
    ['maxmemory-policy', 'volatile-lru', 'noeviction', 'redis settings', 'warning', 'set noeviction'],
    ['maxmemory', '0', '100mb', 'redis settings', 'warning', 'set a limit'],
    ['maxmemory', '1mb', '100mb', 'redis memory', 'bad', 'raise maxmemory'],
    ['appendonly', 'no', 'yes', 'redis disk', 'warning', 'CONFIG SET appendonly yes'],
    ['appendfsync', 'no', 'everysec', 'redis disk', 'warning', 'CONFIG SET appendfsync everysec'],
    ['hz', '1', '10', 'redis hz', 'warning', 'CONFIG SET hz 10'],
  ])('and tells how to mend %s %s', async (setting, value, before, check, state, mend) => {
    await redis.config('SET', setting, value);
    try {
      expect((await findings()).get(check)).toMatchObject({ state, mend: expect.stringContaining(mend) });
    } finally {
      await redis.config('SET', setting, before);
    }
  });

  test('which can not be reached, and hides its password', async () => {
    const [finding] = await checkRedis({ url: 'redis://:secret@127.0.0.1:1' });
    expect(finding).toMatchObject({ check: 'redis', state: 'bad' });
    expect(JSON.stringify(finding)).not.toContain('secret');
  });
});

describe('doctor looks at the gateway', () => {
  let server: Server;
  let url: string;
  let version = VERSION;
  let ready = 200;
  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url === '/openapi.json') {
        response.setHeader('date', new Date(Date.now() + (version === VERSION ? 0 : 60_000)).toUTCString());
        response.end(JSON.stringify({ info: { title: 'Boomerang', version } }));
      } else if (request.url === '/readyz') response.writeHead(ready).end('redis is out of reach');
      else response.writeHead(401).end('{"code":"unauthorized","detail":"unknown or wrong key"}');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => void server.close());

  const states = async (key?: string) => {
    const found = await checkGateway({ url, key, source: 'a test' });
    return Object.fromEntries(found.map(({ check, state }) => [check, state]));
  };

  test('its version, clock, readiness and key', async () => {
    const fine = { gateway: 'ok', version: 'ok', 'gateway clock': 'ok', 'gateway ready': 'ok' };
    expect(await states()).toEqual({ ...fine, key: 'not checked' });
    expect(await states('bmr_wrong')).toEqual({ ...fine, key: 'bad' });
    version = '9.9.9';
    ready = 503;
    const off = { version: 'warning', 'gateway clock': 'warning', 'gateway ready': 'bad' };
    expect(await states()).toMatchObject({ gateway: 'ok', ...off });
  });

  test('that is not there, or is another server', async () => {
    const nowhere = `http://127.0.0.1:${await freePort()}`;
    const [gone] = await checkGateway({ url: nowhere, key: undefined, source: '--url' });
    expect(gone).toMatchObject({
      check: 'gateway',
      state: 'bad',
      found: expect.stringContaining('ECONNREFUSED'),
    });
    const other = createServer((_, response) => void response.end('{}')).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const there = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    const [strange] = await checkGateway({ url: there, key: undefined, source: '--url' });
    expect(strange).toMatchObject({
      state: 'bad',
      found: expect.stringContaining('no gateway of Boomerang'),
    });
    other.close();
  });
});
