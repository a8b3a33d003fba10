import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

/** The lowest version of each library that reads hostile input without a known hole. */
const floors = [
  // Below, 20 kB of nested groups overflow the stack; the generated code needs 8 at run time anyway.
  { name: 'protobufjs', entry: 'protobufjs/minimal.js', floor: [8, 4, 1] },
];

test.each(floors)(
  '$name is what this package resolves to, at its floor or above',
  ({ name, entry, floor }) => {
    const folder = dirname(createRequire(import.meta.url).resolve(entry));
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    expect(manifest.name).toBe(name);
    expect(compare(manifest.version.split('.').map(Number), floor)).toBeGreaterThanOrEqual(0);
  },
);

function compare(version: number[], floor: number[]): number {
  const differing = floor.findIndex((part, index) => version[index] !== part);
  return differing < 0 ? 0 : (version[differing] ?? 0) - (floor[differing] ?? 0);
}
