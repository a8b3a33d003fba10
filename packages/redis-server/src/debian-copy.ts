import { cacheDirFor } from './cache-dir.js';
import { type DebianPick, debianCopyDir, fetchDebianCopy } from './debian-packages.js';

/**
 * The folder that holds what was picked from Debian's packages: the one kept from before, or fetched now, which any user
 * may do. Throws with apt's own words if it can't be had.
 */
export async function debianCopy(pick: DebianPick): Promise<string> {
  const cacheDir = await cacheDirFor(pick.wanted);
  const copyDir = await debianCopyDir(cacheDir);
  if ((await pick.problem(copyDir)) !== undefined) await fetchDebianCopy(pick, cacheDir, copyDir);
  return copyDir;
}
