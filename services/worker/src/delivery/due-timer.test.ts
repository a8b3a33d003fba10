import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DueTimer } from './due-timer.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('it calls at the due time, all of a millisecond together and in order', () => {
  let offset = 5_000.4;
  const clock = { now: () => performance.now() + offset };
  const timer = new DueTimer(clock);
  const start = Math.ceil(clock.now());
  const calls: string[] = [];
  timer.at(start + 20, () => calls.push('b'));
  timer.at(start + 10, () => calls.push(`a ${clock.now() >= start + 10}`));
  timer.at(start + 20, () => calls.push('c'));
  vi.advanceTimersByTime(9);
  expect(calls).toEqual([]);
  vi.advanceTimersByTime(2);
  expect(calls).toEqual(['a true']);
  offset -= 5;
  vi.advanceTimersByTime(11);
  expect(calls).toEqual(['a true']);
  vi.advanceTimersByTime(6);
  expect(calls).toEqual(['a true', 'b', 'c']);
});

test('what is due already is called at once', () => {
  const timer = new DueTimer({ now: () => 1_000 });
  const calls: string[] = [];
  timer.at(1_000, () => calls.push('now'));
  expect(calls).toEqual(['now']);
});
