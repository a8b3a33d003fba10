import { expect, test } from 'vitest';
import { ObservedClock } from './server-clock.js';

/** A server's clock and a local one under the test's hands; a reading takes its time there and back. */
function clocks() {
  const state = { monotonic: 1_000, server: 5_000_000 };
  const clock = new ObservedClock(() => state.monotonic);
  const pass = (ms: number) => {
    state.monotonic += ms;
    state.server += ms;
  };
  return {
    state,
    clock,
    pass,
    read(there: number, back: number) {
      const sentAt = state.monotonic;
      pass(there);
      const at = state.server;
      pass(back);
      clock.observe(Math.floor(at / 1_000), Math.round((at % 1_000) * 1_000), sentAt);
    },
  };
}

test('the clock is never ahead of the server, and behind it by the way back at most', () => {
  const { state, clock, pass, read } = clocks();
  for (const [there, back] of [
    [1, 3],
    [0.2, 0.4],
    [30, 0.1],
    [2, 80],
  ] as const) {
    read(there, back);
    pass(10);
    expect(clock.now()).toBeLessThanOrEqual(state.server);
  }
  expect(state.server - clock.now()).toBeLessThan(0.2);
});

test('a slow reading does not make it worse', () => {
  const { state, clock, read } = clocks();
  read(0.1, 0.1);
  read(1, 500);
  expect(state.server - clock.now()).toBeLessThan(0.2);
});

test.each([-3_600_000, -5, 3_600_000])('it follows when the server is set by %d ms', (step) => {
  const { state, clock, read } = clocks();
  read(0.1, 0.1);
  state.server += step;
  read(0.1, 0.1);
  expect(clock.now()).toBeLessThanOrEqual(state.server);
  expect(state.server - clock.now()).toBeLessThan(0.5);
});

test('before the first reading it knows no time', () => {
  expect(new ObservedClock().now()).toBeNaN();
});
