// Everything that a change has to pass, in the order of what it costs. Stops at the first failure. The last line of
// standard output is always `N passed, N failed`: that of the tests, or `0 passed, 1 failed` if they weren't reached.
//
//   node scripts/verify.mjs [arguments of vitest]
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { endWithNpm } from './end-with-npm.mjs';
import { ensureBuilt } from './ensure-built.mjs';
import { runGuarded } from './run-guarded.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const tool = (name) => join(root, 'node_modules', '.bin', name);

const checks = [
  ['contract: lint, breaking changes, generated code', process.execPath, 'scripts/check-proto.mjs'],
  ['types of the code', tool('tsc'), '-b'],
  ['types of the tests', tool('tsc'), '-p', 'tsconfig.tests.json'],
  ['lint, format and import boundaries', tool('biome'), 'check', '--error-on-warnings', '.'],
  ['dead code', tool('knip')],
];

endWithNpm();
await timed('install and build', ensureBuilt);
for (const [name, command, ...args] of checks) await timed(name, () => run(command, args));
let closingLine = '0 passed, 1 failed';
await timed('tests', async () => {
  closingLine = await runHoldingBackLastLine(process.execPath, [
    'scripts/test.mjs',
    ...process.argv.slice(2),
  ]);
});
console.log(closingLine);

/** Tells a step and its duration; a failure ends the process. */
async function timed(name, step) {
  console.log(`verify: ${name} …`);
  const startedAt = performance.now();
  const seconds = () => `${((performance.now() - startedAt) / 1_000).toFixed(1)} s`;
  try {
    await step();
    console.log(`verify: ${name}: ok in ${seconds()}`);
  } catch (error) {
    console.log(`verify: ${name}: FAILED after ${seconds()}: ${error.message}`);
    console.log(error.closingLine ?? '0 passed, 1 failed');
    process.exit(1);
  }
}

async function run(command, args) {
  const options = { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] };
  requireSuccess(command, args, await runGuarded(command, args, options));
}

/** Shows what a command prints but its last line, and answers that. */
async function runHoldingBackLastLine(command, args) {
  let last;
  const show = (line) => {
    if (last !== undefined) console.log(last);
    last = line;
  };
  const options = { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] };
  const outcome = await runGuarded(command, args, options, ({ stdout }) =>
    createInterface({ input: stdout }).on('line', show),
  );
  requireSuccess(command, args, outcome, last);
  return last;
}

function requireSuccess(command, args, outcome, closingLine) {
  if (outcome === 0) return;
  const shown = [command, ...args].map((part) => part.replace(`${root}/`, '')).join(' ');
  throw Object.assign(new Error(`${shown} ended with ${outcome}`), { closingLine });
}
