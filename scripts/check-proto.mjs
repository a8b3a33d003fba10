// Holds the contract in proto/ to its rules, and what is derived from it to the contract:
// lint, no breaking change against the accepted baseline, the baseline complete, the generated code fresh.
//
//   node scripts/check-proto.mjs            checks all four
//   node scripts/check-proto.mjs --accept   takes compatible additions into proto/baseline.binpb, then checks
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const buf = createRequire(import.meta.url).resolve('@bufbuild/buf/bin/buf');
const baseline = 'proto/baseline.binpb';

/** Runs a node program and tells whether it succeeded; what it prints is shown. */
function node(...args) {
  return spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status === 0;
}

/** Comments and positions are left out: they may change without the contract changing. */
function buildImage(output) {
  return node(buf, 'build', 'proto', '--exclude-source-info', '--output', output);
}

function baselineIsComplete() {
  const scratch = mkdtempSync(join(tmpdir(), 'boomerang-proto-'));
  try {
    const current = join(scratch, 'current.binpb');
    return buildImage(current) && readFileSync(current).equals(readFileSync(join(root, baseline)));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

const steps = [
  ['lint', () => node(buf, 'lint', 'proto'), 'proto/ breaks a lint rule of proto/buf.yaml'],
  [
    'breaking',
    () => node(buf, 'breaking', 'proto', '--against', baseline),
    `proto/ breaks programs that are written against ${baseline}: take the change back`,
  ],
  process.argv.includes('--accept')
    ? ['accept', () => buildImage(baseline), `${baseline} could not be written`]
    : [
        'baseline',
        baselineIsComplete,
        `proto/ has additions that ${baseline} lacks: run "node scripts/check-proto.mjs --accept" and commit it`,
      ],
  [
    'generated',
    () => node('scripts/generate.mjs', '--check'),
    'the generated code is stale: run "npm run generate" and commit the result',
  ],
];

for (const [name, run, complaint] of steps) {
  if (run()) {
    console.log(`check-proto: ${name} ok`);
  } else {
    console.error(`check-proto: ${name} failed: ${complaint}`);
    process.exitCode = 1;
    break;
  }
}
