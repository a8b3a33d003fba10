import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { EndpointHealth } from './endpoint-health.js';
import { EndpointLimits } from './endpoint-limits.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] }));
afterEach(() => void vi.useRealTimers());

let crowded = false;
let breakers: string[] = [];
beforeEach(() => {
  crowded = false;
  breakers = [];
});

function limitsOf(perEndpoint: number): EndpointLimits {
  return new EndpointLimits({
    perEndpoint,
    isCrowded: () => crowded,
    onBreaker: (endpoint, to) => breakers.push(`${endpoint} ${to}`),
  });
}

/** An attempt that took `durationMs` is over now. */
function leave(limits: EndpointLimits, durationMs: number, health: EndpointHealth = 'up', endpoint = 'a') {
  limits.leave(endpoint, { startedAt: performance.now() - durationMs, durationMs, health });
}

function enter(limits: EndpointLimits, name: string, log: string[], endpoint = 'a') {
  limits.enter(
    endpoint,
    () => log.push(`${name} starts`),
    (reason) => log.push(`${name} gives up${reason === 'breaker_open' ? ': breaker' : ''}`),
  );
}

test('those beyond the limit start in order as others leave', () => {
  const limits = limitsOf(2);
  const log: string[] = [];
  for (const name of ['1', '2', '3', '4']) enter(limits, name, log);
  expect(log).toEqual(['1 starts', '2 starts']);
  leave(limits, 10);
  leave(limits, 10);
  expect(log).toEqual(['1 starts', '2 starts', '3 starts', '4 starts']);
});

test('endpoints do not limit each other', () => {
  const limits = limitsOf(1);
  const log: string[] = [];
  enter(limits, '1', log, 'a');
  enter(limits, '2', log, 'b');
  expect(log).toEqual(['1 starts', '2 starts']);
});

test('an endpoint that hangs has what waits for it given back, and its place stays free for others', () => {
  const limits = limitsOf(1);
  const log: string[] = [];
  enter(limits, '1', log);
  enter(limits, '2', log);
  enter(limits, '3', log);
  vi.advanceTimersByTime(300);
  expect(log).toEqual(['1 starts']);
  vi.advanceTimersByTime(100);
  expect(log).toEqual(['1 starts', '3 gives up']);
  vi.advanceTimersByTime(300);
  expect(log).toEqual(['1 starts', '3 gives up', '2 gives up']);
  leave(limits, 1_100);
  enter(limits, '4', log);
  expect(log.at(-1)).toBe('4 starts');
});

test('at a shutdown all that wait give up at once', () => {
  const limits = limitsOf(1);
  const log: string[] = [];
  for (const name of ['1', '2', '3']) enter(limits, name, log);
  limits.giveUpWaiting();
  expect(log).toEqual(['1 starts', '2 gives up', '3 gives up']);
  enter(limits, '4', log);
  expect(log.at(-1)).toBe('4 gives up');
  expect(vi.getTimerCount()).toBe(0);
});

test('what a slow endpoint could not serve soon comes back when there should be room; a quick one has all wait', () => {
  const comeBackOf = (durationMs: number) => {
    const limits = limitsOf(2);
    const comeBack: number[] = [];
    const enterOne = () =>
      limits.enter(
        'a',
        () => undefined,
        (_reason, inMs) => comeBack.push(inMs),
      );
    enterOne();
    for (let i = 0; i < 100; i++) {
      enterOne();
      leave(limits, durationMs);
    }
    for (let i = 0; i < 50; i++) enterOne();
    const given = [...comeBack];
    limits.giveUpWaiting();
    return given;
  };
  expect(comeBackOf(5)).toEqual([]);
  const slow = comeBackOf(400);
  expect(slow.length).toBeGreaterThan(40);
  for (const inMs of slow) expect(inMs).toBeGreaterThan(500);
});

/** How many of 2,000 wait, with slots that are scarce, for an endpoint whose attempts take that long. */
function waitingWhileScarce(durationMs: number, quietMs: number): number {
  const limits = limitsOf(64);
  const log: string[] = [];
  for (let i = 0; i < 200; i++) {
    enter(limits, 'warm', log);
    enter(limits, 'warm', log);
    leave(limits, durationMs);
  }
  vi.advanceTimersByTime(quietMs);
  crowded = true;
  for (let i = 0; i < 2_000; i++) enter(limits, 'x', log);
  const givenUp = log.filter((line) => line.includes('gives up')).length;
  limits.giveUpWaiting();
  return 2_000 - givenUp;
}

test('while slots are scarce few wait for an endpoint that stands still, and as many as ever for one that moves', () => {
  expect(waitingWhileScarce(5, 0)).toBe(2_000);
  expect(waitingWhileScarce(5, 150)).toBeLessThan(64);
  expect(waitingWhileScarce(1_000, 0)).toBeLessThan(100);
});

test('a burst for an endpoint that serves it waits for its turn, however scarce the slots are', () => {
  const limits = limitsOf(64);
  const log: string[] = [];
  crowded = true;
  for (let i = 0; i < 1_000; i++) enter(limits, 'x', log);
  for (let i = 0; i < 1_000; i++) {
    if (i % 10 === 0) vi.advanceTimersByTime(2);
    leave(limits, 30);
  }
  expect(log).toEqual(Array.from({ length: 1_000 }, () => 'x starts'));
});

test('an endpoint that hangs holds few slots soon', () => {
  const limits = limitsOf(64);
  let held = 0;
  for (let i = 0; i < 1_000; i++) {
    held++;
    limits.enter(
      'a',
      () => undefined,
      () => held--,
    );
  }
  crowded = true;
  vi.advanceTimersByTime(300);
  expect(held).toBeLessThanOrEqual(64 + 32);
  limits.giveUpWaiting();
});

test('what keeps failing is held back but for a probe at a time, and goes on after one that succeeds', () => {
  const limits = limitsOf(64);
  const log: string[] = [];
  for (let i = 0; i < 10; i++) enter(limits, 'first', log);
  vi.advanceTimersByTime(10);
  for (let i = 0; i < 10; i++) leave(limits, 10, 'down');
  expect(breakers).toEqual(['a open']);
  log.length = 0;
  for (const name of ['1', '2']) enter(limits, name, log);
  vi.advanceTimersByTime(500);
  for (const name of ['3', '4']) enter(limits, name, log);
  expect(log).toEqual(['1 gives up: breaker', '2 gives up: breaker', '3 starts', '4 gives up: breaker']);
  leave(limits, 0);
  for (const name of ['5', '6']) enter(limits, name, log);
  expect(log.slice(4)).toEqual(['5 starts', '6 starts']);
  expect(breakers).toEqual(['a open', 'a probing', 'a closed']);
});

test('those that waited when the breaker opened are held back too', () => {
  const limits = limitsOf(10);
  const log: string[] = [];
  for (let i = 0; i < 10; i++) enter(limits, 'first', log);
  enter(limits, 'waiting', log);
  for (let i = 0; i < 10; i++) {
    leave(limits, 0, 'down');
    if (log.at(-1) === 'waiting starts') log.push(`after ${i + 1}`);
  }
  expect(log.slice(10)).toEqual(['waiting starts', 'after 1']);
  enter(limits, 'later', log);
  expect(log.at(-1)).toBe('later gives up: breaker');
});

test('an endpoint is forgotten a minute after its last attempt, and its breaker with it', () => {
  const limits = limitsOf(10);
  const log: string[] = [];
  for (let i = 0; i < 10; i++) enter(limits, 'x', log);
  for (let i = 0; i < 10; i++) leave(limits, 0, 'down');
  vi.advanceTimersByTime(61_000);
  expect(breakers).toEqual(['a open', 'a closed']);
  expect(vi.getTimerCount()).toBe(0);
});
