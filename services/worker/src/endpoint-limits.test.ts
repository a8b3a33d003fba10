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
  limits.leave('a');
  limits.leave('a');
  expect(log).toEqual(['1 starts', '2 starts', '3 starts', '4 starts']);
});

test('endpoints do not limit each other', () => {
  const limits = new EndpointLimits(1);
  const log: string[] = [];
  enter(limits, '1', log, 'a');
  enter(limits, '2', log, 'b');
  expect(log).toEqual(['1 starts', '2 starts']);
});

test('who has waited too long gives up, and its place stays free for others', () => {
  const limits = new EndpointLimits(1);
  const log: string[] = [];
  enter(limits, '1', log);
  enter(limits, '2', log);
  vi.advanceTimersByTime(500);
  expect(log).toEqual(['1 starts', '2 gives up']);
  limits.leave('a');
  enter(limits, '3', log);
  expect(log).toEqual(['1 starts', '2 gives up', '3 starts']);
});

test('at a shutdown all that wait give up at once', () => {
  const limits = new EndpointLimits(1);
  const log: string[] = [];
  for (const name of ['1', '2', '3']) enter(limits, name, log);
  limits.giveUpWaiting();
  expect(log).toEqual(['1 starts', '2 gives up', '3 gives up']);
  expect(vi.getTimerCount()).toBe(0);
});
