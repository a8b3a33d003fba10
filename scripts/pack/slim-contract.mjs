import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { withoutComments } from './copy-types.mjs';
import { leanContract } from './lean-contract.mjs';

const pbjs = createRequire(import.meta.url).resolve('protobufjs-cli/bin/pbjs');
const run = promisify(execFile).bind(null, process.execPath);

/** As in scripts/generate.mjs, but only what a client needs: encoding and decoding of envelopes. */
const options = [
  ...['--target', 'static-module', '--wrap', 'esm', '--root', 'boomerang', '--force-number', '--alt-comment'],
  ...['--no-delimited', '--no-typeurl', '--no-verify', '--no-convert', '--no-create', '--no-service'],
];

/** The client's part of the contract as a module, and its types without protobufjs's; `scratch` is an empty folder. */
export async function slimContract(root, scratch) {
  const proto = join(scratch, 'client.proto');
  await writeFile(proto, withoutRegistry(await readFile(join(root, 'proto', 'boomerang.proto'), 'utf8')));
  const generate = (out, ...more) =>
    run([...[pbjs, ...options, ...more], ...['--out', join(scratch, out), proto]]);
  await Promise.all([
    generate('contract.js', '--no-comments'),
    generate('commented.js', '--no-encode', '--no-decode', '--dts'),
  ]);
  const code = await readFile(join(scratch, 'contract.js'), 'utf8');
  const types = await readFile(join(scratch, 'commented.d.ts'), 'utf8');
  return { code: `${leanContract(code)}\nexport const google = {}, spage = {};\n`, types: bare(types) };
}

/** Without what only clients of the public schema say: this one is registered by operators. */
function withoutRegistry(proto) {
  const without = proto
    .replace(/^ *Client(?:Der|R)egistration\w+ \w+ = \d+;\n/gm, '')
    .replace(/^message Client(?:Der|R)egistration\w+ \{\n.*?^\}\n/gms, '');
  if (/Client\w*egistration/.test(without.replace(/^ *\/\/.*/gm, '')))
    throw new Error('the contract has in it what should be gone');
  return without;
}

/** Without what refers to protobufjs, and without the comments of the proto file, which would be a third of the package. */
function bare(types) {
  const without = withoutComments(types.replace(/^import .*\n/gm, ''));
  if (/\$protobuf\b|\bLong\b/.test(without)) throw new Error('the slim types use what protobufjs declares');
  return (
    without
      .replace(/\n{2,}/g, '\n')
      // What a class has in it stands in its $Properties and $Shape, too.
      .replace(/^( *)class (\w+) \{\n.*?\n\1\}/gms, '$1class $2 {}')
      .replace(/^ *\$unknowns\?: .*\n/gm, '')
      // It says the same once more, by the name in `payload`.
      .replace(/^( *)type \$Shape = \{\n.*?\n\1\);\n/gms, '$1type $Shape = $Properties;\n')
      .replace(/^ +/gm, '')
      .replace(/^ *interface I\w+ extends .*\n *\}\n/gm, '')
  );
}
