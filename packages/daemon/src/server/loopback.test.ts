import { expect, test } from 'vitest';
import { isLoopback } from './loopback.js';

test.each(['127.0.0.1', '127.8.9.1', '::1', '0:0:0:0:0:0:0:1', 'localhost'])('%s is loopback', (host) => {
  expect(isLoopback(host)).toBe(true);
});

test.each([
  '0.0.0.0',
  '10.0.0.1',
  '128.0.0.1',
  '::',
  '::2',
  'fe80::1',
  '::ffff:10.0.0.1',
  'localhost.example',
  '1',
  '2130706433',
])('%s is not', (host) => {
  expect(isLoopback(host)).toBe(false);
});
