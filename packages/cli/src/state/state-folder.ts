import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isCheckout, repoRoot } from '../repo-root.js';

/**
 * The folder for data that a stack keeps between its runs. Created if it doesn't exist. An installed command has it with the
 * user's other state (XDG Base Directory Specification), a checkout in itself.
 */
export function stateFolder(): string {
  const folder = isCheckout ? join(repoRoot, '.boomerang') : userFolder();
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

function userFolder(): string {
  return join(process.env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'boomerang');
}
