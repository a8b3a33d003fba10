import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { repoRoot } from '../repo-root.js';

/** Where the development stack keeps what has to survive it. Made when it is not there. */
export function stateFolder(): string {
  const folder = join(repoRoot, '.boomerang');
  mkdirSync(folder, { recursive: true });
  return folder;
}
