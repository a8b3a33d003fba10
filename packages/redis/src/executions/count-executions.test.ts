import type { OfferedExecution } from '@boomerang/domain';
import { expect, test } from 'vitest';
import { SETTINGS } from '../../test-support/test-engine.js';
import { daemon, report, useTestExecutions } from '../../test-support/use-test-executions.js';
import { createSliceStore } from '../occurrences/slice-store.js';

const { engine, assignments, submit, drain, offered, started } = useTestExecutions();

test('executions are counted by where they are, and are no work for workers', async () => {
  const slices = engine.slices();
  const sum = async (of: 'ready' | 'offered' | 'running') =>
    (await slices.countExecutions(0))[of] + (await slices.countExecutions(1))[of];
  const counts = async () => [await sum('ready'), await sum('offered'), await sum('running')];
  for (let i = 0; i < 4; i++) await submit();
  await submit({ delay_ms: '60000' });
  expect(await counts()).toEqual([0, 0, 0]);
  await drain();
  expect(await counts()).toEqual([4, 0, 0]);
  const [first, second] = (await offered(daemon, 2)) as [OfferedExecution, OfferedExecution];
  await assignments().accept(daemon, first);
  expect(await counts()).toEqual([2, 1, 1]);
  const { inFlight, claimedLastMinute, overdue } = await slices.workload(0);
  const rest = await slices.workload(1);
  expect([inFlight, claimedLastMinute, overdue]).toEqual([0, 0, 0]);
  expect([rest.inFlight, rest.claimedLastMinute, rest.overdue]).toEqual([0, 0, 0]);
  await assignments().report(daemon, first, report());
  await assignments().handBack(daemon, second);
  expect(await counts()).toEqual([3, 0, 0]);
});

test('what ended a day ago leaves the lists as others end, whether or not anybody lists', async () => {
  for (let i = 0; i < 6; i++) {
    await submit();
    await assignments().report(daemon, await started(), report());
  }
  const listed = async () => {
    const keys = await engine.redis.keys('*x:list:shop:playbook:completed');
    const ended = await engine.redis.keys('*x:ended');
    const counts = await Promise.all([...keys, ...ended].map((key) => engine.redis.zcard(key)));
    return counts.reduce((sum, count) => sum + count, 0);
  };
  expect(await listed()).toBe(12);
  for (const key of await engine.redis.keys('*x:ended')) {
    for (const entry of await engine.redis.zrange(key, '0', '-1')) await engine.redis.zadd(key, 1, entry);
  }
  // Each partition has some of them, but for one time in hundreds.
  for (let i = 0; i < 12; i++) {
    await submit();
    await assignments().report(daemon, await started(), report());
  }
  expect(await listed()).toBe(24);
});

test('for how long the longest waiting execution has been due is told', async () => {
  const due = Date.now() - 90_000;
  await submit();
  await submit({ at_ms: String(due) });
  await drain();
  const ages = await Promise.all(
    [0, 1].map(async (i) => (await engine.slices().countExecutions(i)).oldestReadyMs),
  );
  expect(Math.max(...ages)).toBeLessThan(60_000);
  for (const keys of engine.partitions) {
    const states = await engine.redis.hgetallBuffer(keys.occurrences);
    for (const [member, state] of Object.entries(states)) {
      state.writeUIntBE(due, 20, 6);
      await engine.redis.hset(keys.occurrences, member, state);
    }
  }
  const older = await Promise.all(
    [0, 1].map(async (i) => (await engine.slices().countExecutions(i)).oldestReadyMs),
  );
  expect(Math.max(...older)).toBeGreaterThanOrEqual(90_000);
});

test('a lost lease of an execution is told apart from those of callbacks', async () => {
  const lost: number[] = [];
  await submit();
  await started();
  for (const { leases } of engine.partitions) {
    for (const member of await engine.redis.zrange(leases, '0', '-1'))
      await engine.redis.zadd(leases, 1, member);
  }
  const slices = createSliceStore(engine.engine, {
    sliceMs: SETTINGS.sliceMs,
    horizonMs: 5_000,
    schedulerLeaseMs: 1_000,
    onLostExecutions: (count) => lost.push(count),
  });
  for (const partition of [0, 1]) await slices.recoverLost(partition, Number.MAX_SAFE_INTEGER);
  expect(lost).toEqual([1]);
});
