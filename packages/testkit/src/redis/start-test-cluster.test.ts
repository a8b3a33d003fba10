import { expect, test } from 'vitest';
import { startTestCluster } from './start-test-cluster.js';

test('six nodes serve as one, fail over, and leave nothing running', async () => {
  const cluster = await startTestCluster();
  const pids = cluster.nodes.map(({ pid }) => pid);
  try {
    const keys = ['a', 'b', 'c', 'd', 'e', 'f'];
    await Promise.all(keys.map((key) => cluster.redis.set(key, key)));
    const primaries = await Promise.all(keys.map((key) => cluster.primaryOf(key)));
    expect(new Set(primaries).size).toBe(3);

    const [first] = primaries;
    const heir = await cluster.replicaOf(first as (typeof primaries)[number]);
    await first?.kill();
    await expect.poll(() => cluster.primaryOf('a'), { timeout: 15_000 }).toBe(heir);
    await expect.poll(() => cluster.redis.get('a').catch(String), { timeout: 15_000 }).toBe('a');
    heir.freeze();
  } finally {
    await cluster.stop();
  }
  for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
}, 60_000);
