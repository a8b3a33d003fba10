import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readFromRoot } from './markdown.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Locked {
  readonly version?: string;
  readonly license?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly resolved?: string;
}

const lock = JSON.parse(readFromRoot('package-lock.json')) as { packages: Record<string, Locked> };
const packages = Object.entries(lock.packages).filter(
  ([place, { link }]) => place.includes('node_modules/') && !link,
);

/** Licences that ask for nothing more than their text and the names of the authors. */
const ALLOWED = [
  '(MIT AND Zlib)',
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT OR Apache-2.0',
  'Python-2.0',
  'Unlicense',
];
/** For tools that nobody is given: changes to their files would have to be published. */
const ALLOWED_FOR_TOOLS = ['MPL-2.0'];

/** Out of the lock, or where that has none out of the package itself; undefined for one that is not installed here. */
function licenceOf(place: string, { license }: Locked): string | undefined {
  if (license !== undefined) return license;
  const file = join(root, place, 'package.json');
  if (!existsSync(file)) return undefined;
  return (JSON.parse(readFileSync(file, 'utf8')) as { license?: string }).license ?? 'none';
}

describe('the packages that this depends on', () => {
  test('have licences that are allowed, all of them', () => {
    const bad = packages.filter(([place, locked]) => {
      const licence = licenceOf(place, locked);
      // Builds of one package for other platforms, which have no licence of their own in the lock.
      if (licence === undefined) return !locked.optional;
      return !ALLOWED.includes(licence) && !(locked.dev && ALLOWED_FOR_TOOLS.includes(licence));
    });
    expect(bad.map(([place, locked]) => `${place}: ${licenceOf(place, locked)}`)).toEqual([]);
    expect(packages.length).toBeGreaterThan(100);
  });

  test('are named by one exact version each', () => {
    const manifests = Object.keys(lock.packages).filter((place) => !place.includes('node_modules/'));
    const ranges = manifests.flatMap((place) => {
      const manifest = JSON.parse(readFromRoot(join(place, 'package.json'))) as Record<string, object>;
      const all = { ...manifest.dependencies, ...manifest.devDependencies };
      return Object.entries(all).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(String(version)));
    });
    expect(ranges).toEqual([]);
  });

  test('are listed with version, licence and hash by the script for releases, without those for development', () => {
    const folder = mkdtempSync(join(tmpdir(), 'sbom-'));
    try {
      const file = join(folder, 'sbom.json');
      const made = spawnSync(process.execPath, [join(root, 'scripts', 'sbom.mjs'), file], {
        encoding: 'utf8',
      });
      expect(made.status, made.stderr).toBe(0);
      const sbom = JSON.parse(readFileSync(file, 'utf8')) as {
        bomFormat: string;
        components: { name: string; version: string; licenses?: unknown[]; hashes?: unknown[] }[];
      };
      expect(sbom.bomFormat).toBe('CycloneDX');
      const named = new Map(sbom.components.map((component) => [component.name, component]));
      expect(named.get('ioredis')).toMatchObject({ licenses: [{ license: { id: 'MIT' } }] });
      expect(named.get('ioredis')?.hashes).toHaveLength(1);
      expect(named.has('vitest')).toBe(false);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

test('the workflows use actions of one exact commit each', () => {
  const folder = join(root, '.github', 'workflows');
  const uses = readdirSync(folder).flatMap((name) =>
    [...readFileSync(join(folder, name), 'utf8').matchAll(/uses: *(.+)$/gm)].map(([, action]) => action),
  );
  expect(uses.length).toBeGreaterThan(0);
  for (const action of uses) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});
