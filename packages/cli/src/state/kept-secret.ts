import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

/** The secret that is kept in `file`, or undefined. */
export function keptSecret(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Keeps a secret in `file`, unless there is one already. Only the owner may read the file. Returns the secret that is kept.
 * When two processes call it at the same time, both get the same secret.
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
