import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { build } from 'esbuild';

/** Folders of proto files that libraries read beside their code when they start. */
const PROTO_FOLDERS = ['grpc-health-check/proto', '@grpc/reflection/build/proto/grpc'];

/** A bundle has no `__dirname`: in these libraries it becomes the place that the file would have under protos/. */
function placedUnderProtos(root) {
  return {
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
}

/**
 * Bundles programs of this checkout into `out`, without node_modules; what the folder held before is removed.
 *
 *   bin/*.js     one entry each, and the code they share
 *   scripts/     the Lua scripts, where the bundled code looks for them
 *   generated/   the contract's descriptors, likewise
 *   dashboard/   the page that the gateway serves
 *   protos/      proto files that libraries read when they start
 *
 * @param entries by name below bin/: the built main file of each, below `root`
 * @returns what esbuild tells of its outputs
 */
export async function bundlePrograms(root, out, entries) {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(join(out, 'bin'), { recursive: true });
  const entryPoints = Object.entries(entries).map(([name, file]) => [name, join(root, file)]);
  const { metafile } = await build({
    entryPoints: Object.fromEntries(entryPoints),
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
    plugins: [placedUnderProtos(root)],
    metafile: true,
    logLevel: 'warning',
  });
  cpSync(join(root, 'packages', 'redis', 'scripts'), join(out, 'scripts'), { recursive: true });
  const descriptors = join('generated', 'contract.binpb');
  cpSync(join(root, 'packages', 'protocol', descriptors), join(out, descriptors));
  cpSync(join(root, 'packages', 'dashboard', 'dist', 'page'), join(out, 'dashboard'), { recursive: true });
  for (const folder of PROTO_FOLDERS) {
    cpSync(join(root, 'node_modules', folder), join(out, 'protos', folder), { recursive: true });
  }
  return metafile.outputs;
}
