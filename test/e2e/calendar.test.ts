import { script, startStack, type TestStack } from '@boomerang/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Arrivals, http, receiveCallbacks, sessionOn } from './support/arrivals.js';

let stack: TestStack;
let arrivals: Arrivals;
beforeAll(async () => {
  const env = { worker: { BOOMERANG_LEASE_MS: '1500' } };
  stack = await startStack({ counts: { worker: 2 }, env, proxied: true });
});
afterAll(() => stack?.stop());
beforeEach(async () => {
  arrivals = await receiveCallbacks(stack.redis.redis, () => undefined);
});
afterEach(() => arrivals?.close());

const EVERY_SECOND = '* * * * * *';

/** Occurrence k is due k - 1 seconds after the first. */
function expectEverySecond(taskId: string, firstMs: number): void {
  const seen = arrivals.of(taskId).filter(({ attempt }) => attempt === 1);
  const byOccurrence = [...seen].sort((a, b) => a.occurrence - b.occurrence);
  expect(byOccurrence.map(({ scheduledTimeMs }) => scheduledTimeMs)).toEqual(
    byOccurrence.map(({ occurrence }) => firstMs + (occurrence - 1) * 1_000),
  );
}

test('a task recurs by a calendar, shows it, and can be cancelled', async () => {
  const session = await sessionOn(stack, { callback: http(arrivals) });
  const { taskId, scheduledTimeMs } = await session.setCron('tick', EVERY_SECOND, { timeZone: 'Asia/Tokyo' });
  expect(scheduledTimeMs % 1_000).toBe(0);
  await arrivals.waitFor(5, taskId);
  expect(await session.get(taskId)).toMatchObject({
    calendar: { cron: EVERY_SECOND, timeZone: 'Asia/Tokyo' },
    repeatIntervalMs: 0,
  });
  await session.cancel(taskId);
  const count = arrivals.of(taskId).length;
  expectEverySecond(taskId, scheduledTimeMs);
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(arrivals.of(taskId).length).toBeLessThanOrEqual(count + 1);
});

test('a task for a point in time comes then, and one whose time has passed comes at once', async () => {
  const session = await sessionOn(stack, { callback: http(arrivals) });
  const at = Date.now() + 1_200;
  const then = await session.setTimeoutAt('then', new Date(at));
  const passed = await session.setTimeoutAt('passed', at - 86_400_000);
  expect(then.scheduledTimeMs).toBe(at);
  const [arrival] = await arrivals.waitFor(1, then.taskId);
  expect(arrival?.scheduledTimeMs).toBe(at);
  expect(arrivals.of(passed.taskId)).toHaveLength(1);
});

test('a preview tells the next times, and what can not be read is refused with what is allowed', async () => {
  const session = await sessionOn(stack, { callback: http(arrivals) });
  const afterMs = Date.parse('2026-03-28T12:00:00Z');
  const times = await session.previewCron('30 2 * * *', { timeZone: 'Europe/Berlin', count: 2, afterMs });
  expect(times).toEqual([Date.parse('2026-03-29T01:00:00Z'), Date.parse('2026-03-30T00:30:00Z')]);
  await expect(session.setCron('x', '0 0 31 2 *')).rejects.toThrow(/^cron: .*no time within ten years/);
  await expect(session.setCron('x', '61 * * * * *')).rejects.toThrow(
    /^cron: .*second: 61.*allowed: a cron expression/,
  );
  await expect(session.previewCron('@daily', { timeZone: 'Mars/Base' })).rejects.toThrow(
    /^time_zone: "Mars\/Base"/,
  );
});

test('a worker that dies before it has told the times of next occurrences stops no calendar', async () => {
  const session = await sessionOn(stack, { callback: http(arrivals) });
  const fault = stack.arm('worker', { command: script('add-times'), when: 'before', strike: 'SIGKILL' });
  const { taskId, scheduledTimeMs } = await session.setCron('tick', EVERY_SECOND);
  const victim = await fault.struck();
  fault.disarm();
  await victim.restart();
  await arrivals.waitFor(8, taskId);
  await session.cancel(taskId);
  const seen = new Set(arrivals.of(taskId).map(({ occurrence }) => occurrence));
  expect([...seen].sort((a, b) => a - b).slice(0, 6)).toEqual([1, 2, 3, 4, 5, 6]);
  expectEverySecond(taskId, scheduledTimeMs);
});
