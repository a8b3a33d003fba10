/**
 * Where the Lua scripts are. This file stays at the top of `src`: from here `../scripts/` is right in the built package
 * and in the image's bundle alike.
 */
export const scriptsFolder = new URL('../scripts/', import.meta.url);
