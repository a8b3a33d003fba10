import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { EndpointLimits } from './endpoint-limits.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] }));
afterEach(() => void vi.useRealTimers());

function enter(limits: EndpointLimits, name: string, log: string[], endpoint = 'a') {
  limits.enter(
    endpoint,
    () => log.push(`${name} starts`),
    () => log.push(`${name} gives up`),
  );
}

test('those beyond the limit start in order as others leave', () => {
  const limits = new EndpointLimits(2);
  const log: string[] = [];
  for (const name of ['1', '2', '3', '4']) enter(limits, name, log);
  expect(log).toEqual(['1 starts', '2 starts']);
  limits.leave('a', 10);
  limits.leave('a', 10);
  expect(log).toEqual(['1 starts', '2 starts', '3 starts', '4 starts']);
});

test('endpoints do not limit each other', () => {
  const limits = new EndpointLimits(1);
  const log: string[] = [];
  enter(limits, '1', log, 'a');
  enter(limits, '2', log, 'b');
  expect(log).toEqual(['1 starts', '2 starts']);
});

test('an endpoint that hangs has what waits for it given back, and its place stays free for others', () => {
  const limits = new EndpointLimits(1);
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
  limits.leave('a', 1_100);
  enter(limits, '4', log);
  expect(log.at(-1)).toBe('4 starts');
});

test('at a shutdown all that wait give up at once', () => {
  const limits = new EndpointLimits(1);
  const log: string[] = [];
  for (const name of ['1', '2', '3']) enter(limits, name, log);
  limits.giveUpWaiting();
  expect(log).toEqual(['1 starts', '3 gives up', '2 gives up']);
  expect(vi.getTimerCount()).toBe(0);
});

test('what a slow endpoint could not serve soon comes back when there should be room; a quick one has all wait', () => {
  const comeBackOf = (durationMs: number) => {
    const limits = new EndpointLimits(2);
    const comeBack: number[] = [];
    const enterOne = () =>
      limits.enter(
        'a',
        () => undefined,
        (inMs) => comeBack.push(inMs),
      );
    enterOne();
    for (let i = 0; i < 100; i++) {
      enterOne();
      limits.leave('a', durationMs);
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
