// Writes the list of all packages that releases are made of, with versions, licences and hashes (CycloneDX, JSON).
//
//   node scripts/sbom.mjs [file]       default: build/sbom.cdx.json
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const file = resolve(process.argv[2] ?? join(root, 'build', 'sbom.cdx.json'));

const args = ['sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev', '--package-lock-only'];
const { status, stdout, stderr } = spawnSync('npm', args, {
  cwd: root,
  encoding: 'utf8',
  maxBuffer: 64 * 1_048_576,
});
if (status !== 0) {
  process.stderr.write(stderr || 'npm sbom failed\n');
  process.exit(1);
}
const sbom = JSON.parse(stdout);
// npm takes the name of the folder.
sbom.metadata.component.name = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).name;
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, `${JSON.stringify(sbom, undefined, 2)}\n`);
process.stdout.write(`sbom: ${sbom.components.length} components in ${file}\n`);
