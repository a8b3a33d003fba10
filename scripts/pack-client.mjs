// Packs @boomerang/client as one package that can be published and installed anywhere. What is private is bundled.
//
//   node scripts/pack-client.mjs [folder]    default: build/client-package; the package's folder is beside the .tgz
//
// Prints the path of the .tgz as its last line.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { ensureBuilt } from './ensure-built.mjs';
import { copyTypes } from './pack/copy-types.mjs';
import { slimContract } from './pack/slim-contract.mjs';

/** Of the .tgz. */
const MOST_BYTES = 60_000;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const out = resolve(process.argv[2] ?? join(root, 'build', 'client-package'));
const folder = join(out, 'package');

/** Puts the slim contract in the place of the whole one, and leaves out modules that nothing uses. */
function ours(contract) {
  return {
    name: 'ours',
    setup(builder) {
      builder.onLoad({ filter: /[\\/]generated[\\/]contract\.js$/ }, ({ path }) => ({
        contents: contract,
        resolveDir: dirname(path),
      }));
      builder.onResolve({ filter: /^(\.|@boomerang\/)/ }, async ({ path, pluginData, ...args }) => {
        if (pluginData === 'resolved' || args.kind === 'entry-point') return undefined;
        const found = await builder.resolve(path, { ...args, pluginData: 'resolved' });
        const effects = !/[\\/]packages[\\/]/.test(found.path) || /configure-protobuf\.js$/.test(found.path);
        return { ...found, sideEffects: effects };
      });
      // Calls are grpc-js's, not protobufjs's.
      builder.onLoad({ filter: /[\\/]protobufjs[\\/]src[\\/]rpc\.js$/ }, () => ({ contents: '' }));
      // The contract has no fields of floats, and bytes are given as such.
      builder.onLoad({ filter: /[\\/]protobufjs[\\/]src[\\/]util[\\/](float|base64)\.js$/ }, () => ({
        contents: 'module.exports = {};',
      }));
      // Nobody logs in at a client.
      builder.onLoad({ filter: /[\\/]public-handshake\.js$/ }, () => ({
        contents: 'export const placeOfHandshake = () => undefined, inOurForm = undefined;',
      }));
      // Sixty-four-bit fields are numbers here: protobufjs shall not find the library that it would take instead.
      builder.onResolve({ filter: /^long$/ }, () => ({ path: 'long', namespace: 'empty' }));
      builder.onLoad({ filter: /.*/, namespace: 'empty' }, () => ({
        contents: 'module.exports = undefined;',
      }));
    },
  };
}

function manifest(types) {
  const own = JSON.parse(readFileSync(join(root, 'packages', 'client', 'package.json'), 'utf8'));
  const { license, engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const { name, version, description, keywords, peerDependenciesMeta, dependencies } = own;
  const optional = Object.keys(peerDependenciesMeta);
  return {
    ...{ name, version, description, keywords, license, type: 'module', sideEffects: false, engines },
    exports: { '.': { types: `./types/${types}`, default: './dist/index.js' } },
    files: ['dist', 'types'],
    peerDependencies: Object.fromEntries(optional.map((peer) => [peer, `^${dependencies[peer]}`])),
    peerDependenciesMeta,
  };
}

async function writePackage() {
  const scratch = mkdtempSync(join(tmpdir(), 'boomerang-pack-'));
  try {
    const contract = await slimContract(root, scratch);
    await build({
      entryPoints: [join(root, 'packages', 'client', 'dist', 'index.js')],
      outdir: join(folder, 'dist'),
      ...{ bundle: true, format: 'esm', platform: 'node', target: 'node20', logLevel: 'warning' },
      ...{ minify: true, legalComments: 'none' },
      external: ['@grpc/grpc-js'],
      plugins: [ours(contract.code)],
    });
    const entry = copyTypes(join(root, 'packages'), 'client', join(folder, 'types'), {
      [join('protocol', 'generated', 'contract.d.ts')]: contract.types,
      [join('protocol', 'dist', 'protobuf.d.ts')]: "export { boomerang } from '../generated/contract.js';\n",
    });
    writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest(entry), null, 2)}\n`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  cpSync(join(root, 'packages', 'client', 'README.md'), join(folder, 'README.md'));
  cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
}

await ensureBuilt();
rmSync(out, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
await writePackage();
const arguments_ = ['pack', '--json', '--pack-destination', out];
const [packed] = JSON.parse(execFileSync('npm', arguments_, { cwd: folder, encoding: 'utf8' }));
console.error(
  `${packed.name} ${packed.version}: ${packed.size} bytes packed, ${packed.unpackedSize} unpacked`,
);
if (packed.size > MOST_BYTES) throw new Error(`the package may have at most ${MOST_BYTES} bytes`);
console.log(join(out, basename(packed.filename)));
