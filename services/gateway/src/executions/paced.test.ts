import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Paced } from './paced.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

test('the first one acts at once, those that follow soon act together, and the last one is never forgotten', () => {
  const actedAt: number[] = [];
  const begun = performance.now();
  const paced = new Paced(10, () => actedAt.push(performance.now() - begun));
  for (let ms = 0; ms < 25; ms++) {
    paced.ask();
    vi.advanceTimersByTime(1);
  }
  vi.advanceTimersByTime(100);
  expect(actedAt).toEqual([0, 10, 20, 30]);
  paced.ask();
  expect(actedAt).toHaveLength(5);
});

test('what is closed acts no more', () => {
  let acted = 0;
  const paced = new Paced(10, () => (acted += 1));
  paced.ask();
  paced.ask();
  paced.close();
  vi.advanceTimersByTime(100);
  expect(acted).toBe(1);
});
