import { setTimeout as sleep } from 'node:timers/promises';
import { ActivityRecorder, type ProcessSummary } from '@boomerang/domain';
import { describe, expect, test } from 'vitest';
import { aPolicy, aTask } from '../../test-support/test-engine.js';
import { useTestEngine } from '../../test-support/use-test-engine.js';
import { globalKeys } from '../partitions/keys.js';
import { createStatsStore } from './stats-store.js';
import { startSummaryWriter } from './summary-writer.js';

const engine = useTestEngine({ partitions: 4 });
const store = () => createStatsStore(engine.redis, engine.run, engine.map);

function summary(): ProcessSummary {
  const recorder = new ActivityRecorder();
  recorder.attempted('shop', 'HTTP', 3);
  recorder.count('shop', 'delivered', 2);
  return {
    service: 'worker',
    instance: 'a1b2c3d4',
    version: '1.2.3',
    startedAtMs: 1_700_000_000_000,
    gauges: { slots: 1_000, slotsInUse: 0 },
    heldEndpoints: [{ clientId: 'shop', endpoint: 'http://192.0.2.1:80' }],
    ...recorder.take(),
  };
}

describe('summaries', () => {
  test('are read as they were written, of the time that is asked for, and are gone an hour later', async () => {
    await store().write(summary());
    const [read, ...more] = await store().read(0, Number.MAX_SAFE_INTEGER);
    expect(read).toEqual({ ...summary(), atMs: expect.any(Number) });
    expect(more).toEqual([]);
    expect(await store().read(0, read?.atMs ?? 0)).toEqual([]);
    expect(await engine.redis.pttl(globalKeys.stats)).toBeGreaterThan(3_590_000);
  });

  test('of more than an hour ago are trimmed when others come', async () => {
    const old = Date.now() - 3_700_000;
    for (let i = 0; i < 300; i++) await engine.redis.xadd(globalKeys.stats, `${old + i}-0`, 'summary', '{}');
    await store().write(summary());
    expect(await engine.redis.xlen(globalKeys.stats)).toBeLessThan(150);
  });

  test('of a release that writes them otherwise are left out', async () => {
    await engine.redis.xadd(globalKeys.stats, '*', 'summary', '{"v":2}');
    await store().write(summary());
    expect(await store().read(0, Number.MAX_SAFE_INTEGER)).toHaveLength(1);
  });

  test('are read over several pages', async () => {
    await Promise.all(Array.from({ length: 2_101 }, () => store().write(summary())));
    expect(await store().read(0, Number.MAX_SAFE_INTEGER)).toHaveLength(2_101);
  });
});

test('a process writes a summary a second with what it counted; one that fails is told, and the next one comes', async () => {
  const activity = new ActivityRecorder();
  const failures: unknown[] = [];
  let failing = true;
  const writer = startSummaryWriter(engine.redis, {
    service: 'gateway',
    version: '1.2.3',
    activity,
    gauges: async () => {
      if (!failing) return { daemons: 2 };
      failing = false;
      throw new Error('no gauges');
    },
    onError: (error) => failures.push(error),
  });
  while (failures.length === 0) await sleep(20);
  activity.count('shop', 'registered', 7);
  let summaries = await store().read(0, Number.MAX_SAFE_INTEGER);
  while (summaries.length === 0) {
    await sleep(20);
    summaries = await store().read(0, Number.MAX_SAFE_INTEGER);
  }
  writer.close();
  expect(summaries[0]).toMatchObject({ service: 'gateway', gauges: { daemons: 2 } });
  expect(summaries[0]?.all.counts.registered).toBe(7);
  expect(failures).toEqual([new Error('no gauges')]);
});

describe('a forecast', () => {
  test('counts tasks of all partitions by the slot in which they are due, before and after them', async () => {
    const nowMs = Math.floor(await engine.now());
    const fromMs = nowMs + 1_000_000;
    const register = (clientId: string, inMs: number, repeatIntervalMs = 0) =>
      engine.tasks.register(clientId, aPolicy(), { ...aTask({ repeatIntervalMs }), atMs: fromMs + inMs });
    const due = [-1, 0, 999, 1_000, 1_000, 2_500, 3_000, 90_000];
    await Promise.all(due.map((inMs) => register('shop', inMs)));
    await register('shop', 1_500, 100);
    await register('rival', 0);
    const range = { fromMs, slotMs: 1_000, slots: 3 };
    expect(await store().forecast('shop', range)).toEqual({ before: 1, slots: [2, 3, 1], after: 2 });
    expect(await store().forecast(undefined, range)).toEqual({ before: 1, slots: [3, 3, 1], after: 2 });
    expect(await store().forecast('nobody', range)).toEqual({ before: 0, slots: [0, 0, 0], after: 0 });
  });
});
