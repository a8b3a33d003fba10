import { readdirSync } from 'node:fs';
import { ERROR_CLASSES } from '@boomerang/domain';
import { describe, expect, test } from 'vitest';
import { readFromRoot, tableUnder } from './markdown.js';

const rows = tableUnder(readFromRoot('docs/dead-letters.md'), 'What ends an occurrence');

/** Makes an outcome, or a settlement, after which there is no further attempt; what only asks for one doesn't. */
const ENDS = /(?<!case |[!=]== |readonly kind: )'terminal'|return { kind: 'dead_letter'/;

function whereOccurrencesEnd(): string[] {
  const sources = ['packages/domain/src', 'services/worker/src'].flatMap((folder) =>
    readdirSync(new URL(`../../${folder}`, import.meta.url), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
      .map((path) => `${folder}/${path}`),
  );
  return sources.filter((path) => ENDS.test(readFromRoot(path)));
}

describe('docs/dead-letters.md', () => {
  test('names every place that ends an occurrence, and no other', () => {
    expect(rows.map((row) => row['decided in']).sort()).toEqual(whereOccurrencesEnd().sort());
  });

  test.each(rows)('names tests that are there for: $what', (row) => {
    for (const proof of (row['shown by'] ?? '').split('; ')) {
      const [, file = '', titles = ''] = /^`([^`]+\.test\.ts)`: (".+")$/.exec(proof) ?? [];
      const source = readFromRoot(file);
      for (const [, title] of titles.matchAll(/"([^"]+)"/g)) expect(source, file).toContain(title);
    }
    expect(row['why another attempt could not help']).toMatch(/\w{4}/);
  });

  test('names error classes that there are', () => {
    const named = rows.map((row) => row['error class'] ?? '').filter((name) => !name.startsWith('that of'));
    expect(ERROR_CLASSES).toEqual(expect.arrayContaining(named));
  });
});
