import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

/** What was kept in `file`, or undefined. */
export function keptSecret(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Keeps a secret in `file`, which only its owner may read, unless one is kept there already; answers the one that is
 * kept. Of two processes that do so at once both get the same.
 */
export function keepSecret(file: string, secret: string): string {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${secret}\n`, { mode: 0o600 });
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return keptSecret(file) ?? secret;
}
