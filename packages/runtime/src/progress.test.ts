import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Progress } from './progress.js';

let possible: boolean;
let asked: number;
let progress: Progress;
beforeEach(() => {
  vi.useFakeTimers();
  [possible, asked] = [true, 0];
  progress = new Progress({
    what: 'look ahead at partition',
    count: 2,
    limitS: 10,
    possible: async () => {
      asked++;
      return possible;
    },
  });
  progress.start();
});
afterEach(() => {
  progress.stop();
  vi.useRealTimers();
});

test('names what has made no progress for too long, and is content once it has', async () => {
  for (let s = 0; s < 11; s++) {
    expect(await progress.check()).toBeUndefined();
    vi.advanceTimersByTime(1_000);
    progress.made(0);
  }
  expect(await progress.check()).toBeUndefined();
  vi.advanceTimersByTime(5_000);
  expect(await progress.check()).toBe('no look ahead at partition 1 for 16 s');
  progress.made(0);
  progress.made(1);
  expect(await progress.check()).toBeUndefined();
});

test('is content where no progress is possible, and finds that out only when there was none', async () => {
  possible = false;
  vi.advanceTimersByTime(10_000);
  expect(await progress.check()).toBeUndefined();
  expect(asked).toBe(0);
  vi.advanceTimersByTime(60_000);
  expect(await progress.check()).toBeUndefined();
  expect(asked).toBe(1);
});

test('allows time for progress from when it is possible again', async () => {
  possible = false;
  vi.advanceTimersByTime(60_000);
  expect(await progress.check()).toBeUndefined();
  possible = true;
  expect(await progress.check()).toBeUndefined();
  vi.advanceTimersByTime(4_000);
  expect(await progress.check()).toBeUndefined();
  vi.advanceTimersByTime(1_000);
  expect(await progress.check()).toMatch(/^no look ahead/);
});

test('a process that was stopped for an hour gets its time again', async () => {
  vi.setSystemTime(Date.now() + 3_600_000);
  vi.advanceTimersByTime(1_000);
  expect(await progress.check()).toBeUndefined();
});
