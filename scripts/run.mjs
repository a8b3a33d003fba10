import { fileURLToPath } from 'node:url';
import { endWithNpm } from './end-with-npm.mjs';
import { ensureBuilt } from './ensure-built.mjs';

endWithNpm();
// In this very process, so that signals and process groups are as simple as they look.
await ensureBuilt();
const main = new URL('../packages/cli/dist/main.js', import.meta.url);
process.argv[1] = fileURLToPath(main);
await import(main.href);
