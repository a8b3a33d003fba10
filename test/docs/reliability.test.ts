import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readFromRoot, tableUnder } from './markdown.js';

const page = readFromRoot('docs/reliability.md');
const rows = [...page.matchAll(/^## (Promises .+)$/gm)].flatMap(([, heading]) =>
  tableUnder(page, heading as string),
);

describe('docs/reliability.md', () => {
  test.each(rows)('names tests that are there for: $promise', (row) => {
    expect(Object.keys(row)).toEqual([
      'promise',
      'how it is kept',
      'the test that proves it',
      'residual risk',
    ]);
    const named = [
      ...(row['the test that proves it'] ?? '').matchAll(/`((?:test|packages|services)\/[^`]+)`/g),
    ];
    expect(named.length).toBeGreaterThan(0);
    for (const [, path = ''] of named)
      expect(existsSync(new URL(`../../${path}`, import.meta.url)), path).toBe(true);
    for (const text of [row['how it is kept'], row['residual risk']]) expect(text).toMatch(/\w{4}/);
  });
});
