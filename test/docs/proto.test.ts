import { expect, test } from 'vitest';
import { readFromRoot, tableUnder } from './markdown.js';

const FILES = [
  'boomerang',
  'spage/core/common',
  'spage/core/plays',
  'spage/core/execution',
  'spage/api/tasks',
];

test('proto/README.md tells the names of generated code in Go and Java as each file has them', () => {
  const documented = tableUnder(readFromRoot('proto/README.md'), 'To change something').map((row) => [
    row.package,
    ...[row.Go, row.Java].map((cell) => /^`?([\w./-]+)/.exec(cell ?? '')?.[1]),
  ]);
  const actual = FILES.map((file) => {
    const source = readFromRoot(`proto/${file}.proto`);
    const option = (name: string) => new RegExp(`^option ${name} = "?([^";]+)"?;$`, 'm').exec(source)?.[1];
    expect(option('java_multiple_files'), file).toBe('true');
    return [/^package ([\w.]+);$/m.exec(source)?.[1], option('go_package'), option('java_package')];
  });
  expect([...new Set(actual.map((row) => JSON.stringify(row)))]).toEqual(
    documented.map((row) => JSON.stringify(row)),
  );
});
