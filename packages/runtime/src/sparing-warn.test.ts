import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLogger } from './logger.js';
import { createSparingWarn, type SparingWarn } from './sparing-warn.js';

let lines: { msg: string; repeats?: number; partition?: number; err: { message: string } }[];
let warn: SparingWarn;
beforeEach(() => {
  vi.useFakeTimers();
  lines = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  warn = createSparingWarn(createLogger({ service: 'test', destination }), 5_000);
});
afterEach(() => void vi.useRealTimers());

const refused = (port: number) =>
  Object.assign(new Error(`connect ECONNREFUSED 127.0.0.1:${port}`), { code: 'ECONNREFUSED' });

test('ninety thousand warnings of one kind in fifteen seconds are four lines that tell how many they were', () => {
  for (let i = 0; i < 90_000; i++) {
    warn('redis connection error', refused(i), { partition: i });
    if (i % 6 === 5) vi.advanceTimersByTime(1);
  }
  vi.advanceTimersByTime(10_000);
  expect(lines.length).toBe(4);
  expect(lines.reduce((sum, { repeats = 0 }) => sum + 1 + repeats, 0)).toBe(90_000);
  expect(lines.at(-1)).toMatchObject({ msg: 'redis connection error', partition: 89_999 });
  expect(lines.at(-1)?.err.message).toBe('connect ECONNREFUSED 127.0.0.1:89999');
});

test('what is of another kind is written at once, by its message, its code, its first word or its cause', () => {
  warn('redis connection error', refused(1));
  warn('ticket queue error', refused(1));
  warn('ticket queue error', new Error('OOM command not allowed'));
  warn('ticket queue error', new Error('READONLY no writes here'));
  warn('ticket queue error', new Error('OOM command not allowed', { cause: refused(1) }));
  expect(lines).toHaveLength(5);
  warn('ticket queue error', new Error('OOM another text'));
  expect(lines).toHaveLength(5);
});

test('a kind that was quiet for a while is new again', () => {
  warn('redis connection error', refused(1));
  vi.advanceTimersByTime(5_000);
  warn('redis connection error', refused(1));
  expect(lines.map(({ repeats }) => repeats)).toEqual([undefined, undefined]);
});
