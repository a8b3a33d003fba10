import { fileURLToPath } from 'node:url';
import { endWithNpm } from './end-with-npm.mjs';
import { ensureBuilt } from './ensure-built.mjs';
import { runGuarded } from './run-guarded.mjs';

const MAINS = {
  smoke: 'main.js',
  door: 'door/main.js',
  'bad-endpoint': 'bad-endpoint/main.js',
  flood: 'flood/main.js',
  rolling: 'rolling/main.js',
  wires: 'wires/main.js',
  ramp: 'ramp/main.js',
  spage: 'spage/main.js',
  'http-client': 'http-client/main.js',
  daemon: 'daemon/main.js',
};

endWithNpm();
await ensureBuilt();
await buildBench();
const [bench] = process.argv.splice(2, 1);
const main = new URL(`../test/bench/dist/${MAINS[bench]}`, import.meta.url);
process.argv[1] = fileURLToPath(main);
await import(main.href);

/** Incremental: a moment when nothing has changed. */
async function buildBench() {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const args = [`${root}node_modules/typescript/bin/tsc`, '-b', `${root}test/bench`];
  const outcome = await runGuarded(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (outcome !== 0) process.exit(1);
}
