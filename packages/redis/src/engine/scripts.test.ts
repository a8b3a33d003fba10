import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type PartitionKeys, partitionKeys, scriptKeys } from '../partitions/keys.js';
import { readLua } from '../scripts-folder.js';
import { readScript } from './scripts.js';

const libraries = readdirSync(new URL('../../scripts/lib/', import.meta.url), { recursive: true })
  .map(String)
  .filter((file) => file.endsWith('.lua'));

test('partition.lua names the keys of a partition in the order in which scripts get them', () => {
  const [keys] = partitionKeys(1) as [PartitionKeys];
  const names = new Map(Object.entries(keys).map(([name, key]) => [key, name]));
  const inSnakeCase = (name = '') => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const [, named = ''] = /^local ([\w\s,]+?) = unpack\(KEYS\)$/m.exec(readLua('lib/partition.lua')) ?? [];
  expect(named.split(/,\s+/)).toEqual(scriptKeys(keys).map((key) => inSnakeCase(names.get(key))));
});

test.each(libraries)(
  '%s holds local definitions and comments only, each of which can be left out',
  (library) => {
    const starts = readLua(`lib/${library}`)
      .split('\n')
      .filter((line) => /^\S/.test(line));
    expect(starts.filter((line) => !/^(local |end$|--|[)}])/.test(line))).toEqual([]);
  },
);

test('a script brings along what it uses of its libraries, and what that uses, and nothing else', () => {
  const defined = (text: string) =>
    [...text.matchAll(/^local (?:function )?([\w, ]+)/gm)].flatMap(([, names = '']) =>
      names.trim().split(', '),
    );
  const text = readScript('renew');
  expect(defined(text)).toEqual(
    expect.arrayContaining(['occurrences', 'read_header', 'load_header', 'extend_lease']),
  );
  expect(defined(text)).not.toEqual(expect.arrayContaining(['pack_record']));
  expect(defined(text)).not.toEqual(expect.arrayContaining(['write_moves']));
  for (const unused of ['due', 'paused', 'TOKEN_BYTES']) expect(defined(text)).not.toContain(unused);
  expect(text).toContain('state:sub(1, 12) == token');
  expect(text).toContain('local occurrences, leases, record_prefix = KEYS[2], KEYS[3], KEYS[10]');
  expect(text.startsWith('#!lua flags=allow-oom\n')).toBe(true);
});
