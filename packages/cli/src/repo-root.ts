import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder in which `packages` and `services` lie. */
export const repoRoot = fileURLToPath(new URL('../../../', import.meta.url));

/** Whether this is the build of a checkout, and not a package that somebody installed. */
export const isCheckout = import.meta.dirname === join(repoRoot, 'packages', 'cli', 'dist');
