import { expect, test } from 'vitest';
import { parseVerdict } from './parse-verdict.js';

test.each([
  ['ok', 'OK'],
  ['stop', { stop: true }],
  ['error', { error: 'as it was asked to' }],
  ['error:not: now', { error: 'not: now' }],
  ['dead-letter:gone', { deadLetter: 'gone' }],
  ['retry:5s', { error: 'as it was asked to', retryAfterMs: 5_000 }],
  ['retry:250ms:busy', { error: 'busy', retryAfterMs: 250 }],
])('%s is what a callback is answered', (text, verdict) => {
  expect(parseVerdict('--answer', text)).toEqual(verdict);
});

test.each(['', 'OK', 'retry', 'retry:5', 'retry:-5s', 'error:', 'deadletter'])('%j is refused', (text) => {
  expect(() => parseVerdict('--answer', text)).toThrow(
    /^--answer: .* allowed: ok, error\[:REASON\], retry:LENGTH/,
  );
});
