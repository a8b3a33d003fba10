import { writeFileSync } from 'node:fs';
import { type Options, readOptions, USAGE } from './options.js';
import { report } from './report.js';
import { runBench } from './run.js';

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

const options = optionsOrExit();
const results = await runBench(options, (what) => process.stderr.write(`bench: ${what}\n`));
process.stdout.write(`\n${report(results)}`);
if (options.json) writeFileSync(options.json, `${JSON.stringify(results, null, 2)}\n`);
process.exit(results.faults.length > 0 ? 1 : 0);

function optionsOrExit(): Options {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${USAGE}\n`);
    process.exit(2);
  }
}
