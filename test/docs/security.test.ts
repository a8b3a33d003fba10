import { describe, expect, test } from 'vitest';
import { readFromRoot, tableUnder } from './markdown.js';

const page = readFromRoot('SECURITY.md');
const headings = [...page.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading as string);
const rows = headings.flatMap((heading) => tableUnder(page, heading));

describe('SECURITY.md', () => {
  test.each(rows)('names tests that are there against: $threat', (row) => {
    expect(Object.keys(row)).toEqual(['threat', 'defence', 'test that proves it', 'residual risk']);
    const named = (row['test that proves it'] ?? '').split('; ').map((proof) => {
      const [, file, titles] = /^`([^`]+\.test\.ts)`: (".+")$/.exec(proof) ?? [];
      if (!file || !titles) throw new Error(`neither a file nor titles: ${proof}`);
      return { file, titles: [...titles.matchAll(/"([^"]+)"/g)].map(([, title]) => title as string) };
    });
    for (const { file, titles } of named) {
      const source = readFromRoot(file);
      for (const title of titles) expect(source, `${file}: ${title}`).toContain(title);
    }
    for (const text of [row.defence, row['residual risk']]) expect(text).toMatch(/\w{4}/);
  });
});
