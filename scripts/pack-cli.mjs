// Packs the command `boomerang` as one package that can be published and installed anywhere, with the services that
// `boomerang up` runs, and nothing that has to be installed besides.
//
//   node scripts/pack-cli.mjs [folder]    default: build/cli-package; the package's folder is beside the .tgz
//
// Prints the path of the .tgz as its last line.
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBuilt } from './ensure-built.mjs';
import { bundlePrograms } from './pack/bundle-programs.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const out = resolve(process.argv[2] ?? join(root, 'build', 'cli-package'));
const folder = join(out, 'package');

function manifest() {
  const { version, license, engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return {
    ...{ name: 'boomerang', version, license, type: 'module', engines },
    description: 'The command line of Boomerang, a durable setTimeout and setInterval of the network',
    keywords: ['scheduler', 'delay', 'timer', 'cron', 'callback', 'webhook', 'retry', 'cli'],
    bin: { boomerang: './bin/boomerang.js' },
  };
}

await ensureBuilt();
rmSync(out, { recursive: true, force: true });
await bundlePrograms(root, folder, {
  boomerang: 'packages/cli/dist/boomerang.js',
  gateway: 'services/gateway/dist/main.js',
  scheduler: 'services/scheduler/dist/main.js',
  worker: 'services/worker/dist/main.js',
});
const program = join(folder, 'bin', 'boomerang.js');
writeFileSync(program, `#!/usr/bin/env node\n${readFileSync(program, 'utf8')}`);
chmodSync(program, 0o755);
writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest(), null, 2)}\n`);
cpSync(join(root, 'packages', 'cli', 'README.md'), join(folder, 'README.md'));
cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
const arguments_ = ['pack', '--json', '--pack-destination', out];
const [packed] = JSON.parse(execFileSync('npm', arguments_, { cwd: folder, encoding: 'utf8' }));
console.error(
  `${packed.name} ${packed.version}: ${packed.size} bytes packed, ${packed.unpackedSize} unpacked`,
);
console.log(join(out, basename(packed.filename)));
