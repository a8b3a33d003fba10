import { fileURLToPath } from 'node:url';

/** The folder in which `packages` and `services` lie. */
export const repoRoot = fileURLToPath(new URL('../../../', import.meta.url));
