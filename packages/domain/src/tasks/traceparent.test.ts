import { expect, test } from 'vitest';
import { isTraceparent, requireTraceparent } from './traceparent.js';

const good = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

test('a traceparent has version, trace id, parent id and flags', () => {
  expect(isTraceparent(good)).toBe(true);
  expect(isTraceparent(good.replace('00-', '01-'))).toBe(true);
});

test.each([
  '',
  good.toUpperCase(),
  `${good}-more`,
  good.replace('00-', 'ff-'),
  '00-00000000000000000000000000000000-00f067aa0ba902b7-01',
  '00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01',
  `${good}\r\nx: y`,
])('%j is none', (text) => {
  expect(() => requireTraceparent(text)).toThrow(/^traceparent: .* is none; allowed: version/);
});
