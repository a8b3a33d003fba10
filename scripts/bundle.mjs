// Bundles everything that the image needs into one folder, without node_modules:
//
//   bin/boomerang.mjs  picks what runs: gateway, scheduler, worker, daemon or client
//   bin/guard/         the guard of an engine, which the daemon starts
//   bin/*.js           one entry each, and the code they share
//   scripts/           the Lua scripts, where the bundled code looks for them
//   generated/         the contract's descriptors, likewise
//   protos/            proto files that libraries read when they start
//   dashboard/         the page that the gateway serves
//   package.json       says that the files are ES modules
//
//   node scripts/bundle.mjs [folder]       default: build/image; what the folder held before is removed
import { cpSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBuilt } from './ensure-built.mjs';
import { bundlePrograms } from './pack/bundle-programs.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const out = resolve(process.argv[2] ?? join(root, 'build', 'image'));

await ensureBuilt();
const outputs = await bundlePrograms(root, out, {
  gateway: 'services/gateway/dist/main.js',
  scheduler: 'services/scheduler/dist/main.js',
  worker: 'services/worker/dist/main.js',
  daemon: 'packages/daemon/dist/main.js',
  'guard/main': 'packages/daemon/dist/guard/main.js',
  client: 'packages/cli/dist/main.js',
});
cpSync(join(root, 'deploy', 'docker', 'boomerang.mjs'), join(out, 'bin', 'boomerang.mjs'));
writeFileSync(join(out, 'package.json'), '{ "type": "module" }\n');

const bytes = Object.keys(outputs).reduce((sum, file) => sum + statSync(resolve(file)).size, 0);
console.log(`bundled into ${out}: ${Object.keys(outputs).length} files, ${(bytes / 2 ** 20).toFixed(1)} MiB`);
