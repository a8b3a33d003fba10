import { expect, test } from 'vitest';
import { parseMetadata } from '../executions/metadata.js';
import { tagsProblem } from './tags.js';

test('takes every character but control characters and commas, up to 64', () => {
  for (let code = 0; code < 0x3000; code++) {
    const tag = `a${String.fromCodePoint(code)}b`;
    const refused = /[\p{Cc},]/u.test(tag);
    expect(tagsProblem([tag]) !== undefined).toBe(refused);
  }
  expect(tagsProblem(['x'.repeat(64), '🪃'.repeat(32)])).toBeUndefined();
  expect(tagsProblem([])).toBeUndefined();
});

test.each([
  [['x'.repeat(65)]],
  [['']],
  [[' a']],
  [['a\t']],
  [['\ud83e']],
  [Array.from({ length: 9 }, String)],
])('refuses %j', (tags) => {
  expect(tagsProblem(tags)).toMatch(/^9 tags$|is no tag$/);
});

test('in metadata they are one text, with commas between them', () => {
  expect(parseMetadata({ tags: 'nightly, größe ,x' }).tags).toEqual(['nightly', 'größe', 'x']);
  expect(parseMetadata({}).tags).toEqual([]);
  expect(() => parseMetadata({ tags: 'a,,b' })).toThrow(/^metadata\.tags: "" is no tag; allowed: at most 8/);
});
