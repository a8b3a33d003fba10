import type { LackingTimes, LaterTimes } from '@boomerang/domain';
import { expect, test } from 'vitest';
import { CalendarSweeper } from './calendar-sweeper.js';

const NOON = Date.parse('2026-11-25T12:00:00Z');
const HOUR_MS = 3_600_000;
const PAGE = 3;

/** A sweeper of partition 3 that finds the tasks `lacking`, the times that it added and the metrics that it told. */
function sweeperOf(lacking: () => Promise<LackingTimes[]>) {
  const added: LaterTimes[] = [];
  const told: unknown[] = [];
  const sweeper = new CalendarSweeper(3, {
    calendars: {
      async lackingTimes(_, skip) {
        const tasks = (await lacking()).slice(skip, skip + PAGE);
        return { tasks, more: tasks.length === PAGE };
      },
      async addTimes(_, additions) {
        added.push(...additions);
        return additions.filter(({ timesMs }) => timesMs.length === 0).length;
      },
    },
    metrics: { lackedTimes: (partition, tasks) => told.push([partition, tasks]) },
    log: {
      timesNotAdded: (partition, error) => told.push([partition, (error as Error).message]),
      calendarUnreadable: (taskId, error) => told.push([taskId, (error as Error).message]),
    },
  });
  return { sweeper, added, told };
}

test('adds the times behind the latest one that is known, and none to a task that has ended', async () => {
  const calendar = { cron: '0 * * * *', timeZone: 'UTC' };
  const { sweeper, added, told } = sweeperOf(async () => [
    { taskId: 'hourly', calendar, afterMs: NOON },
    { taskId: 'ended', calendar: undefined, afterMs: NOON },
  ]);
  sweeper.sweep();
  await sweeper.close();
  expect(added).toEqual([
    { taskId: 'hourly', timesMs: [NOON + HOUR_MS, NOON + 2 * HOUR_MS, NOON + 3 * HOUR_MS] },
    { taskId: 'ended', timesMs: [] },
  ]);
  expect(told).toEqual([[3, 2]]);
});

test('a calendar that it can not read is told of and keeps no other task from its times', async () => {
  const { sweeper, added, told } = sweeperOf(async () => [
    { taskId: 'future', calendar: { cron: '0 * * * *', timeZone: 'Moon/Tycho' }, afterMs: NOON },
    { taskId: 'daily', calendar: { cron: '@daily', timeZone: 'UTC' }, afterMs: NOON },
  ]);
  sweeper.sweep();
  await sweeper.close();
  expect(told).toContainEqual(['future', expect.stringContaining('Moon/Tycho')]);
  expect(added).toEqual([
    { taskId: 'future', timesMs: [] },
    { taskId: 'daily', timesMs: [12, 36, 60].map((hours) => NOON + hours * HOUR_MS) },
  ]);
});

test('tasks that it can not read hold up none of those behind them', async () => {
  const calendar = { cron: '0 * * * *', timeZone: 'Moon/Tycho' };
  const unreadable = Array.from({ length: 2 * PAGE }, (_, i) => ({
    taskId: `${i}`,
    calendar,
    afterMs: NOON,
  }));
  const last = { taskId: 'last', calendar: { cron: '@daily', timeZone: 'UTC' }, afterMs: NOON };
  const { sweeper, added, told } = sweeperOf(async () => [...unreadable, last]);
  sweeper.sweep();
  await expect.poll(() => told.at(-1)).toEqual([3, 2 * PAGE + 1]);
  expect(added.at(-1)).toMatchObject({
    taskId: 'last',
    timesMs: [NOON + 12 * HOUR_MS, expect.any(Number), expect.any(Number)],
  });
});

test('a Redis that is away is told of, and the next sweep tries again', async () => {
  const answers = [() => Promise.reject(new Error('away')), async () => []];
  const { sweeper, told } = sweeperOf(() => (answers.shift() as () => Promise<LackingTimes[]>)());
  sweeper.sweep();
  await expect.poll(() => told).toEqual([[3, 'away']]);
  sweeper.sweep();
  await expect.poll(() => told.at(-1)).toEqual([3, 0]);
});
