import { afterAll, beforeAll, expect, test } from 'vitest';
import { redisNow } from './redis-now.js';
import { startTestRedis, type TestRedis } from './start-test-redis.js';

let server: TestRedis;
beforeAll(async () => {
  server = await startTestRedis();
});
afterAll(() => server.stop());

test('keeps what was written across restarts, on the same connection', async () => {
  for (const round of [1, 2]) {
    await server.redis.set(`round ${round}`, 'written');
    await server.restart();
    expect(await server.redis.get(`round ${round}`)).toBe('written');
  }
});

test('tells the time of Redis by connection and by URL', async () => {
  const before = Date.now() - 1;
  const [a, b] = [await redisNow(server.redis), await redisNow(server.url)];
  expect(a).toBeGreaterThan(before);
  expect(b).toBeGreaterThan(a);
  expect(b).toBeLessThan(Date.now() + 1);
});
