import { expect, test } from 'vitest';
import { AwakeClock } from './awake-clock.js';

test('tells the time that passed, and of a long sleep only a second', () => {
  let monotonicMs = 5_000;
  const clock = new AwakeClock(() => monotonicMs);
  const after = (ms: number) => {
    monotonicMs += ms;
    clock.beat();
    return clock.now;
  };
  expect([after(0), after(100), after(900), after(60_000), after(100)]).toEqual([
    0, 100, 1_000, 2_000, 2_100,
  ]);
});
