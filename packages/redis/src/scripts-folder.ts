import { readFileSync } from 'node:fs';

/**
 * Where the Lua scripts are. This file stays at the top of `src`: from here `../scripts/` is right in the built package
 * and in the image's bundle alike.
 */
const scriptsFolder = new URL('../scripts/', import.meta.url);

/** The text of a file in the folder of scripts. */
export function readLua(file: string): string {
  return readFileSync(new URL(file, scriptsFolder), 'utf8');
}
