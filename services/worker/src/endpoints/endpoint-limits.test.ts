import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ScriptedLimits } from '../../test-support/scripted-limits.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] }));
afterEach(() => void vi.useRealTimers());

/** Of 1,000 delivery slots: more than half, and less. */
const [ROOMY, SCARCE] = [1_000, 250];

function limitsOf(endpointSlots: number): ScriptedLimits {
  const limits = new ScriptedLimits({ endpointSlots });
  limits.freeSlots = ROOMY;
  return limits;
}

test('those beyond the limit start in order as others leave', () => {
  const limits = limitsOf(2);
  for (const name of ['1', '2', '3', '4']) limits.enter('a', name);
  expect(limits.log).toEqual(['1 starts', '2 starts']);
  limits.leaveMany(2, 10);
  expect(limits.log).toEqual(['1 starts', '2 starts', '3 starts', '4 starts']);
});

test('endpoints do not limit each other', () => {
  const limits = limitsOf(1);
  limits.enter('a');
  limits.enter('b');
  expect(limits.log).toEqual(['a starts', 'b starts']);
});

test('an endpoint that hangs has what waits for it given back, and its place stays free for others', () => {
  const limits = limitsOf(1);
  for (const name of ['1', '2', '3']) limits.enter('a', name);
  vi.advanceTimersByTime(300);
  expect(limits.log).toEqual(['1 starts']);
  vi.advanceTimersByTime(100);
  expect(limits.log).toEqual(['1 starts', '3 gives up']);
  vi.advanceTimersByTime(300);
  expect(limits.log).toEqual(['1 starts', '3 gives up', '2 gives up']);
  limits.leave(1_100);
  limits.enter('a', '4');
  expect(limits.log.at(-1)).toBe('4 starts');
});

test('at a shutdown all that wait give up at once', () => {
  const limits = limitsOf(1);
  for (const name of ['1', '2', '3']) limits.enter('a', name);
  limits.giveUpWaiting();
  expect(limits.log).toEqual(['1 starts', '2 gives up', '3 gives up']);
  limits.enter('a', '4');
  expect(limits.log.at(-1)).toBe('4 gives up');
  expect(vi.getTimerCount()).toBe(0);
});

test('what a slow endpoint could not serve soon returns when there should be room; a quick one has all wait', () => {
  const returnsOf = (durationMs: number) => {
    const limits = limitsOf(2);
    limits.enter();
    for (let i = 0; i < 100; i++) {
      limits.enter();
      limits.leave(durationMs);
    }
    limits.enterMany(50);
    return limits.givenUp.map(({ inMs }) => inMs);
  };
  expect(returnsOf(5)).toEqual([]);
  const slow = returnsOf(400);
  expect(slow.length).toBeGreaterThan(40);
  for (const inMs of slow) expect(inMs).toBeGreaterThan(500);
});

/** How many of 2,000 wait, with slots that are scarce, for an endpoint whose attempts take that long. */
function waitingWhileScarce(durationMs: number, quietMs: number): number {
  const limits = limitsOf(64);
  for (let i = 0; i < 200; i++) {
    limits.enterMany(2);
    limits.leave(durationMs);
  }
  vi.advanceTimersByTime(quietMs);
  limits.freeSlots = SCARCE;
  limits.enterMany(2_000, 'a', 'x');
  return 2_000 - limits.log.filter((line) => line === 'x gives up').length;
}

test('while slots are scarce few wait for an endpoint that stands still, and as many as ever for one that moves', () => {
  expect(waitingWhileScarce(5, 0)).toBe(2_000);
  expect(waitingWhileScarce(5, 150)).toBeLessThan(64);
  expect(waitingWhileScarce(1_000, 0)).toBeLessThan(100);
});

test('a burst for an endpoint that serves it waits for its turn, however scarce the slots are', () => {
  const limits = limitsOf(64);
  limits.freeSlots = SCARCE;
  limits.enterMany(1_000, 'a', 'x');
  for (let i = 0; i < 1_000; i++) {
    if (i % 10 === 0) vi.advanceTimersByTime(2);
    limits.leave(30);
  }
  expect(limits.log).toEqual(Array.from({ length: 1_000 }, () => 'x starts'));
});

test('an endpoint that hangs holds few slots soon', () => {
  const limits = limitsOf(64);
  limits.enterMany(1_000);
  limits.freeSlots = SCARCE;
  vi.advanceTimersByTime(300);
  expect(limits.held).toBeLessThanOrEqual(64 + 32);
});

test('what keeps failing is held back but for a probe at a time, and goes on after one that succeeds', () => {
  const limits = limitsOf(64);
  limits.enterMany(10, 'a', 'first');
  vi.advanceTimersByTime(10);
  limits.leaveMany(10, 10, 'down');
  expect(limits.breakers).toEqual(['shop@a open']);
  limits.log.length = 0;
  for (const name of ['1', '2']) limits.enter('a', name);
  vi.advanceTimersByTime(500);
  for (const name of ['3', '4']) limits.enter('a', name);
  expect(limits.log).toEqual([
    '1 gives up: breaker',
    '2 gives up: breaker',
    '3 starts',
    '4 gives up: breaker',
  ]);
  limits.leave();
  for (const name of ['5', '6']) limits.enter('a', name);
  expect(limits.log.slice(4)).toEqual(['5 starts', '6 starts']);
  expect(limits.breakers).toEqual(['shop@a open', 'shop@a probing', 'shop@a closed']);
});

test('those that waited when the breaker opened are held back too', () => {
  const limits = limitsOf(10);
  limits.enter();
  limits.leave();
  limits.log.length = 0;
  limits.enterMany(10, 'a', 'first');
  limits.enter('a', 'waiting');
  for (let i = 0; i < 10; i++) {
    limits.leave(0, 'down');
    if (limits.log.at(-1) === 'waiting starts') limits.log.push(`after ${i + 1}`);
  }
  expect(limits.log.slice(10)).toEqual(['waiting starts', 'after 1']);
  limits.enter('a', 'later');
  expect(limits.log.at(-1)).toBe('later gives up: breaker');
});

test('an endpoint is forgotten a minute after its last attempt, and its breaker with it', () => {
  const limits = limitsOf(10);
  limits.enterMany(10);
  limits.leaveMany(10, 0, 'down');
  vi.advanceTimersByTime(61_000);
  expect(limits.breakers).toEqual(['shop@a open', 'shop@a closed']);
  expect(vi.getTimerCount()).toBe(0);
});
