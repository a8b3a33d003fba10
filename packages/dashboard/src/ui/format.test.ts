import { expect, test } from 'vitest';
import { count, duration, fromNow, rate } from './format.js';

test.each([
  [0, '0 ms'],
  [0.4, '0.4 ms'],
  [15.4, '15 ms'],
  [4_200, '4.2 s'],
  [59_400, '59 s'],
  [60_000, '1 m'],
  [7_500_000, '2 h 5 m'],
  [7_200_000, '2 h'],
  [90_061_000, '1 d 1 h'],
  [-90_000, '−1 m 30 s'],
])('%d ms are %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});

test.each([
  [0, 'now'],
  [180_000, 'in 3 m'],
  [-7_200_000, '2 h ago'],
])('%d ms from now is %s', (ms, text) => {
  expect(fromNow(1_000_000_000 + ms, 1_000_000_000)).toBe(text);
});

test('numbers are short', () => {
  expect([12_345, 999_999, 1_234_567].map(count)).toEqual(['12,345', '999,999', '1.2M']);
  expect([0, 0.25, 9.94, 42.4, 1_234.5].map(rate)).toEqual(['0', '0.3', '9.9', '42', '1,235']);
});
