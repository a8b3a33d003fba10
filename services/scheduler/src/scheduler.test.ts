import type { SliceStore } from '@boomerang/domain';
import { createLogger, createMetrics } from '@boomerang/runtime';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createSchedulerLog } from './log.js';
import { createSchedulerMetrics } from './metrics.js';
import { createScheduler, type Scheduler } from './scheduler.js';

let look: (partition: number) => ReturnType<SliceStore['look']>;
let serves: boolean;
let scheduler: Scheduler;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
  serves = true;
  look = async () => undefined;
  scheduler = createScheduler({
    partitions: 2,
    store: {
      look: (partition: number) => look(partition),
      onWake: () => () => undefined,
      onHandedOn: () => () => undefined,
    } as Partial<SliceStore> as SliceStore,
    names: { sweep: async () => ({ kept: 0, more: false }) },
    dependencies: {
      tellDependants: async () => ({ tasks: 0, more: false }),
      checkWaiting: async () => ({ tasks: 0, more: false }),
      onEnded: () => () => undefined,
    },
    calendars: { lackingTimes: async () => ({ tasks: [], more: false }), addTimes: async () => 0 },
    queue: { issue: async () => undefined },
    clocks: [],
    metrics: createSchedulerMetrics(createMetrics({ service: 'test' })),
    log: createSchedulerLog(createLogger({ service: 'test', level: 'silent' })),
    redisServes: async () => serves,
    settings: { sliceMs: 1_000, leadMs: 500, lookEveryMs: 250 },
  });
  scheduler.start();
});
afterEach(() => vi.useRealTimers());

/** What `/livez` says when it is asked every ten seconds for a minute. */
async function reasons(): Promise<(string | undefined)[]> {
  const given: (string | undefined)[] = [];
  for (let i = 0; i < 6; i++) {
    await vi.advanceTimersByTimeAsync(10_000);
    given.push(await scheduler.live());
  }
  return given;
}

test('a scheduler whose looks are answered lives, whether or not it has the partitions', async () => {
  expect(await reasons()).toEqual(Array.from({ length: 6 }));
});

test('a scheduler that gets no answer although Redis serves others wants to be started anew', async () => {
  look = (partition) => (partition === 0 ? Promise.resolve(undefined) : new Promise(() => undefined));
  const given = await reasons();
  expect(given.slice(0, 2)).toEqual([undefined, undefined]);
  expect(given.at(-1)).toMatch(/^no look ahead at partition 1 for \d+ s$/);
});

test('while Redis serves nobody it lives on, however long that takes', async () => {
  serves = false;
  look = async () => {
    throw new Error('away');
  };
  expect(await reasons()).toEqual(Array.from({ length: 6 }));
});
