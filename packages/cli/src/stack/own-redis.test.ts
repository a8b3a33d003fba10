import { connectRedis } from '@boomerang/redis';
import { afterEach, expect, test, vi } from 'vitest';
import { type OwnRedis, startOwnRedis } from './own-redis.js';

let own: OwnRedis | undefined;
afterEach(() => own?.stop());

test('a Redis that dies comes back with its data, and stays away once it was stopped', async () => {
  const pids: number[] = [];
  own = await startOwnRedis({
    tell: () => undefined,
    onStart: (pid) => pids.push(pid),
    signal: new AbortController().signal,
  });
  const redis = await connectRedis({ url: own.url, name: 'test' });
  await redis.set('kept', 'yes');
  process.kill(pids[0] as number, 'SIGKILL');
  await vi.waitFor(() => expect(pids).toHaveLength(2), 5_000);
  await vi.waitFor(async () => expect(await redis.get('kept')).toBe('yes'), 5_000);
  redis.disconnect();
  await own.stop();
  expect(() => process.kill(pids[1] as number, 0)).toThrow('ESRCH');
  expect(pids).toHaveLength(2);
});

test('a Redis that dies while all is being stopped is not started again', async () => {
  const pids: number[] = [];
  const stopping = new AbortController();
  own = await startOwnRedis({
    tell: () => undefined,
    onStart: (pid) => pids.push(pid),
    signal: stopping.signal,
  });
  stopping.abort();
  process.kill(pids[0] as number, 'SIGKILL');
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(pids).toHaveLength(1);
});
