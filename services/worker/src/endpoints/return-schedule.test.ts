import { expect, test } from 'vitest';
import { ClientReturns, ReturnSchedule } from './return-schedule.js';

const of = (count: number, leastMs: number, paceMs: number, schedule = new ReturnSchedule(), now = 0) =>
  Array.from({ length: count }, () => now + schedule.next(now, leastMs, paceMs));

test('occurrences return in order, a millisecond apart at least', () => {
  expect(of(3, 500, 0)).toEqual([500, 501, 502]);
  expect(of(3, 50, 40)).toEqual([50, 90, 130]);
});

test('however many there are, no more than one returns in a millisecond', () => {
  const times = of(30_000, 3_000, 0);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(new Set(times).size).toBeGreaterThan(29_990);
  expect(times.at(-1)).toBeLessThanOrEqual(33_001);
});

test('a slow endpoint is not planned further ahead than its pace can be trusted', () => {
  const times = of(100, 1_000, 1_000);
  expect(times.slice(0, 10)).toEqual(Array.from({ length: 10 }, (_, i) => 1_000 * (i + 1)));
  expect(times.slice(10)).toEqual(Array.from({ length: 90 }, (_, i) => 10_000 + i));
});

test('those that return alone wait the least time only', () => {
  const schedule = new ReturnSchedule();
  expect([0, 1_000, 2_000].map((now) => schedule.next(now, 300, 0))).toEqual([300, 300, 300]);
});

test("all that a client's endpoints hold back is spread, as long as that delays none by more than ten seconds", () => {
  const client = new ClientReturns();
  expect(Array.from({ length: 3 }, () => client.next(0))).toEqual([1, 2, 3]);
  expect(client.next(2)).toBe(2);
  expect(client.next(500)).toBe(1);
  for (let i = 0; i < 30_000; i++) client.next(500);
  expect(client.next(500)).toBe(10_000);
});
