import { partitionOf } from '@boomerang/domain';
import { startTestCluster, type TestCluster } from '@boomerang/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openGateway } from '../../test-support/gateways.js';
import { aPolicy, aTask } from '../../test-support/test-engine.js';
import { openEngine } from '../engine/engine.js';
import { raisePartitions } from '../partitions/raise-partitions.js';
import { createNameStore } from './name-store.js';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await startTestCluster();
}, 60_000);
afterAll(() => cluster?.stop());

const KEYS = Array.from({ length: 80 }, (_, n) => `order-${n}`);

test('on a Cluster a name is one task for gateways that know different partition counts, and ends with it', async () => {
  const { redis } = cluster;
  const old = await openGateway(cluster, {}, 4);
  expect(await raisePartitions(redis, 8)).toMatchObject({ counts: { oldest: 4, written: 8, read: 8 } });
  const young = await openGateway(cluster, {}, 4);

  const policy = aPolicy();
  const register = (gateway: typeof old, key: string) =>
    gateway.tasks.register('shop', policy, { ...aTask({ delayMs: 60_000 }), idempotencyKey: key });
  const ids: string[] = [];
  // One after the other: what is asked for at the same time goes to one partition together.
  for (const [n, key] of KEYS.entries()) {
    const order = n % 2 ? [old, young] : [young, old];
    const [first, second] = await Promise.all(order.map((gateway) => register(gateway, key)));
    expect(second).toEqual(first);
    ids.push(first?.taskId ?? '');
  }
  expect(Math.max(...ids.map((id) => partitionOf(id) as number))).toBeGreaterThan(3);

  const filter = { scheduledAfterMs: 0, scheduledBeforeMs: 0, recurring: undefined };
  const { tasks: listed } = await old.tasks.list('shop', filter, 100);
  expect(listed.map(({ taskId }) => taskId).sort()).toEqual([...ids].sort());
  for (const id of ids) expect(await old.tasks.cancel('shop', id)).toMatchObject({ kind: 'cancelled' });

  const engine = await openEngine({
    url: cluster.url,
    name: 'scheduler',
    partitions: 4,
    onError: () => undefined,
  });
  let ended = 0;
  for (const [home, { names, reservationPrefix }] of engine.partitions.entries()) {
    const members = await redis.zrange(names, '0', '-1');
    for (const member of members) await redis.zadd(names, 0, member);
    await createNameStore(engine).sweep(home);
    for (const member of members) {
      const rest = await redis.pttl(reservationPrefix + member.split(':')[0]);
      if (rest > 0) ended++;
    }
  }
  expect(ended).toBe(KEYS.length);
  engine.close();
  for (const gateway of [old, young]) gateway.close();
}, 60_000);
