// Everything that a change has to pass, in the order of what it costs. Stops at the first failure. The last line of
// standard output is always `N passed, N failed`: that of the tests, or `0 passed, 1 failed` if they weren't reached.
//
//   node scripts/verify.mjs [arguments of vitest]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ensureBuilt } from './ensure-built.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const tool = (name) => join(root, 'node_modules', '.bin', name);

const checks = [
  ['contract: lint, breaking changes, generated code', process.execPath, 'scripts/check-proto.mjs'],
  ['types of the code', tool('tsc'), '-b'],
  ['types of the tests', tool('tsc'), '-p', 'tsconfig.tests.json'],
  ['lint, format and import boundaries', tool('biome'), 'check', '--error-on-warnings', '.'],
  ['dead code', tool('knip')],
];

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
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  requireSuccess(command, args, await ended(child));
}

/** Shows what a command prints but its last line, and answers that. */
async function runHoldingBackLastLine(command, args) {
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  const over = ended(child);
  let last;
  for await (const line of createInterface({ input: child.stdout })) {
    if (last !== undefined) console.log(last);
    last = line;
  }
  requireSuccess(command, args, await over, last);
  return last;
}

/** The exit code, or the signal; passes on to the child what asks this process to end. */
async function ended(child) {
  const pass = (signal) => child.kill(signal);
  const signals = ['SIGINT', 'SIGTERM'];
  for (const signal of signals) process.on(signal, pass);
  const [code, signal] = await once(child, 'close');
  for (const signal of signals) process.off(signal, pass);
  return code ?? signal;
}

function requireSuccess(command, args, outcome, closingLine) {
  if (outcome === 0) return;
  const shown = [command, ...args].map((part) => part.replace(`${root}/`, '')).join(' ');
  throw Object.assign(new Error(`${shown} ended with ${outcome}`), { closingLine });
}
