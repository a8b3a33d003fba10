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
import { cpSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { ensureBuilt } from './ensure-built.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const out = resolve(process.argv[2] ?? join(root, 'build', 'image'));

/** Folders of proto files that libraries read beside their code when they start. */
const PROTO_FOLDERS = ['grpc-health-check/proto', '@grpc/reflection/build/proto/grpc'];
/** A bundle has no `__dirname`: in these libraries it becomes the place that the file would have under protos/. */
const placedUnderProtos = {
  name: 'libraries that read proto files',
  setup(builder) {
    const filter = /[\\/](grpc-health-check|@grpc[\\/]reflection)[\\/]build[\\/]src[\\/].*\.js$/;
    builder.onLoad({ filter }, ({ path }) => {
      const place = `../protos/${relative(join(root, 'node_modules'), dirname(path))}`;
      const there = `require('node:path').join(_bin, ${JSON.stringify(place)})`;
      return { contents: readFileSync(path, 'utf8').replaceAll('__dirname', there), loader: 'js' };
    });
  },
};

await ensureBuilt();
rmSync(out, { recursive: true, force: true });
mkdirSync(join(out, 'bin'), { recursive: true });
const { metafile } = await build({
  entryPoints: {
    gateway: join(root, 'services', 'gateway', 'dist', 'main.js'),
    scheduler: join(root, 'services', 'scheduler', 'dist', 'main.js'),
    worker: join(root, 'services', 'worker', 'dist', 'main.js'),
    daemon: join(root, 'packages', 'daemon', 'dist', 'main.js'),
    'guard/main': join(root, 'packages', 'daemon', 'dist', 'guard', 'main.js'),
    client: join(root, 'packages', 'cli', 'dist', 'main.js'),
  },
  outdir: join(out, 'bin'),
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  // CommonJS packages call require for Node's own modules.
  banner: {
    js: "import { createRequire as _createRequire } from 'node:module'; const require = _createRequire(import.meta.url); const _bin = import.meta.dirname;",
  },
  plugins: [placedUnderProtos],
  metafile: true,
  logLevel: 'warning',
});
cpSync(join(root, 'deploy', 'docker', 'boomerang.mjs'), join(out, 'bin', 'boomerang.mjs'));
cpSync(join(root, 'packages', 'redis', 'scripts'), join(out, 'scripts'), { recursive: true });
cpSync(
  join(root, 'packages', 'protocol', 'generated', 'contract.binpb'),
  join(out, 'generated', 'contract.binpb'),
);
cpSync(join(root, 'packages', 'dashboard', 'dist', 'page'), join(out, 'dashboard'), { recursive: true });
for (const folder of PROTO_FOLDERS) {
  cpSync(join(root, 'node_modules', folder), join(out, 'protos', folder), { recursive: true });
}
writeFileSync(join(out, 'package.json'), '{ "type": "module" }\n');

const bytes = Object.keys(metafile.outputs).reduce((sum, file) => sum + statSync(resolve(file)).size, 0);
console.log(
  `bundled into ${out}: ${Object.keys(metafile.outputs).length} files, ${(bytes / 2 ** 20).toFixed(1)} MiB`,
);
