import { realpathSync, statSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import { BoomerangError, invalidField, quote } from '@boomerang/domain';

/**
 * The absolute path of a file that a request names: relative to one of the folders, or absolute and in one of them. Links are
 * followed before it is decided where a file is.
 *
 * @param field that named it, for the error.
 * @throws BoomerangError `invalid_request` if it is outside of all folders, `not_found` if it isn't there.
 */
export function resolvePath(field: string, path: string, folders: readonly string[]): string {
  let isInside = false;
  for (const folder of folders) {
    const meant = resolve(folder, path);
    if (!isWithin(resolve(folder), meant)) continue;
    const root = realPath(folder);
    const file = realPath(meant);
    if (root === undefined || file === undefined) isInside = true;
    else if (isWithin(root, file) && statSync(file).isFile()) return file;
  }
  const allowed = `a file in ${folders.join(', ')}`;
  if (!isInside) throw invalidField(field, `${quote(path)} is outside of the folders of its engine`, allowed);
  throw new BoomerangError('not_found', `${field}: ${quote(path)} is not there; allowed: ${allowed}`);
}

/** Decided by the names first, so that nobody learns what there is outside. */
function isWithin(folder: string, file: string): boolean {
  return file.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
