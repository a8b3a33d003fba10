import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What tells this daemon from another of the same name: it goes with the state folder, so that a daemon that starts anew takes
 * the place of its own stream at once, and another one is refused.
 */
export function instanceId(state: string): string {
  const file = join(state, 'instance');
  try {
    writeFileSync(file, randomUUID(), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const id = readFileSync(file, 'utf8');
  if (/^[\w-]{36}$/.test(id)) return id;
  // The disk was full when it was made.
  const fresh = randomUUID();
  writeFileSync(file, fresh, { mode: 0o600 });
  return fresh;
}
