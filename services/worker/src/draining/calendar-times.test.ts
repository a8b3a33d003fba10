import type { LaterTimes } from '@boomerang/domain';
import { expect, test } from 'vitest';
import { anOccurrence } from '../../test-support/an-occurrence.js';
import { CalendarTimes } from './calendar-times.js';

const NOON = Date.parse('2026-11-25T12:00:00Z');
const MINUTE_MS = 60_000;
const EVERY_MINUTE = { cron: '* * * * *', timeZone: 'UTC' };
const nextTick = () => new Promise((resolve) => setImmediate(resolve));

/** Those of a worker by whose clock it is `nowMs`, and each call of the store with its partition. */
function calendarTimes(nowMs: number, fails = false) {
  const calls: [number, readonly LaterTimes[]][] = [];
  const told: unknown[] = [];
  const times = new CalendarTimes({
    store: {
      async addTimes(partition, additions) {
        if (fails) throw new Error('away');
        calls.push([partition, additions]);
        return 0;
      },
    },
    clocks: [0, 1].map(() => ({ now: () => nowMs })),
    log: { timesNotAdded: (partition, error) => told.push([partition, (error as Error).message]) },
  });
  return { times, calls, told };
}

const claimedAt = (scheduledTimeMs: number, taskId = 'a', partition = 0) =>
  anOccurrence({ taskId, partition, scheduledTimeMs, calendar: EVERY_MINUTE });

test('the times behind a claimed occurrence are added, those of one claim in one call', async () => {
  const { times, calls } = calendarTimes(NOON - 15);
  times.claimed(claimedAt(NOON, 'a'));
  times.claimed(anOccurrence({ taskId: 'by an interval', repeatIntervalMs: 1_000 }));
  times.claimed(claimedAt(NOON, 'b'));
  times.claimed(claimedAt(NOON, 'c', 1));
  await nextTick();
  await nextTick();
  const behind = [1, 2, 3].map((minutes) => NOON + minutes * MINUTE_MS);
  expect(calls).toEqual([
    [
      0,
      [
        { taskId: 'a', timesMs: behind },
        { taskId: 'b', timesMs: behind },
      ],
    ],
    [1, [{ taskId: 'c', timesMs: behind }]],
  ]);
});

test('what was missed meanwhile is left out', async () => {
  const { times, calls } = calendarTimes(NOON + 10 * MINUTE_MS + 1);
  times.claimed(claimedAt(NOON));
  await nextTick();
  expect(calls[0]?.[1][0]?.timesMs[0]).toBe(NOON + 11 * MINUTE_MS);
});

test('a calendar or a store that fails is told of, and delivery goes on', async () => {
  const { times, told } = calendarTimes(NOON, true);
  times.claimed(claimedAt(NOON));
  times.claimed(anOccurrence({ calendar: { cron: '* * * * *', timeZone: 'Moon/Tycho' } }));
  await nextTick();
  await nextTick();
  expect(told).toContainEqual([0, 'away']);
  expect(told).toContainEqual([0, expect.stringContaining('Moon/Tycho')]);
});
