import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Packages that hold a server's binary, by platform. None is a dependency: one is used where it is installed. */
const PACKAGES: Record<string, string> = {
  'linux-x64': '@falkordblite/linux-x64',
  'darwin-arm64': '@falkordblite/darwin-arm64',
};

/** The server of an npm package that happens to be installed, or undefined. */
export function npmCopy(): string | undefined {
  const name = PACKAGES[`${process.platform}-${process.arch}`];
  if (name === undefined) return undefined;
  const here = [import.meta.url, join(process.cwd(), 'package.json')];
  for (const from of here) {
    try {
      return join(dirname(createRequire(from).resolve(`${name}/package.json`)), 'bin', 'redis-server');
    } catch {
      // Not installed there.
    }
  }
  return undefined;
}
