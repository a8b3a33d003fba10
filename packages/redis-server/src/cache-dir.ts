import { constants } from 'node:fs';
import { access, mkdir, mkdtemp, stat } from 'node:fs/promises';
import { homedir, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

/**
 * The folder in which what was fetched under that name is kept: under the user's cache folder or, where that can't be
 * written, one under the system's temporary folder.
 */
export async function cacheDirFor(name: string): Promise<string> {
  const userCache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const preferred = join(userCache, 'boomerang', name);
  return (await isWritable(preferred)) ? preferred : temporaryCacheDir(name);
}

/** Others can write to the temporary folder too: what is run from there has to be in a folder that is ours alone. */
async function temporaryCacheDir(name: string): Promise<string> {
  const { uid } = userInfo();
  const shared = join(tmpdir(), `boomerang-${name}-cache-${uid}`);
  await mkdir(shared, { mode: 0o700 }).catch(() => undefined);
  const found = await stat(shared).catch(() => undefined);
  const ours = found?.isDirectory() && found.uid === uid && (found.mode & 0o022) === 0;
  return ours ? shared : mkdtemp(join(tmpdir(), `boomerang-${name}-cache-`));
}

async function isWritable(folder: string): Promise<boolean> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
