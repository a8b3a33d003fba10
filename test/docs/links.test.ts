import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readFromRoot } from './markdown.js';
import { markdownFiles } from './markdown-files.js';

const root = new URL('../../', import.meta.url).pathname;

describe.each(markdownFiles)('%s', (file) => {
  const page = readFromRoot(file);

  test('links to nothing that is not there', () => {
    const links = [...page.matchAll(/\]\((?!https?:)([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, link]) => link ?? '');
    expect(links.filter((link) => !existsSync(join(root, dirname(file), link)))).toEqual([]);
  });

  test('names no file that is not there', () => {
    const paths = [
      ...page.matchAll(/`((?:packages|services|proto|scripts|test|docs|deploy)\/[\w./-]+\.\w+)`/g),
    ];
    expect(paths.map(([, path]) => path ?? '').filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});
