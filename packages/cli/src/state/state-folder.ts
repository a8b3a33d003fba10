import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { repoRoot } from '../repo-root.js';

/** The folder for data that the development stack keeps between its runs. Created if it doesn't exist. */
export function stateFolder(): string {
  const folder = join(repoRoot, '.boomerang');
  mkdirSync(folder, { recursive: true });
  return folder;
}
