import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cacheDirFor } from '@boomerang/redis-server';
import type { TestStackOptions } from '@boomerang/testkit';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../..', import.meta.url));
const npmCi = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];

export interface OlderRelease {
  readonly commit: string;
  readonly program: NonNullable<TestStackOptions['program']>;
}

/** What the test compares with unless it is told otherwise. */
export function oldestSupportedRelease(): string {
  const file = readFileSync(join(root, 'test', 'compat', 'oldest-supported-release'), 'utf8');
  return file.split('\n').find((line) => /^[0-9a-f]{40}$/.test(line)) ?? '';
}

/** Builds an older commit's services from the history, once; or tells why that can't be done here. */
export async function buildOlderRelease(ref: string): Promise<OlderRelease | { readonly missing: string }> {
  const commit = await run('git', ['-C', root, 'rev-parse', '--verify', `${ref}^{commit}`]).then(
    ({ stdout }) => stdout.trim(),
    () => undefined,
  );
  if (!commit) return { missing: `the git history here does not have ${ref}` };
  const folder = join(await cacheDirFor('releases'), commit);
  try {
    if (!existsSync(folder)) await buildTo(folder, commit);
  } catch (error) {
    return { missing: `${ref} could not be built: ${(error as Error).message}` };
  }
  const entry = join(folder, 'bin', 'boomerang.mjs');
  return { commit, program: (name) => ({ args: [entry, name], cwd: folder }) };
}

/** The folder is there only once everything is in it. */
async function buildTo(folder: string, commit: string): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), 'boomerang-release-'));
  try {
    const [archive, source] = [join(work, 'source.tar'), join(work, 'source')];
    await mkdir(source);
    await run('git', ['-C', root, 'archive', '--output', archive, commit]);
    await run('tar', ['-xf', archive, '-C', source]);
    await run('npm', npmCi, { cwd: source });
    const built = `${folder}.${process.pid}`;
    await run(process.execPath, ['scripts/bundle.mjs', built], { cwd: source });
    await rename(built, folder).catch(() => rm(built, { recursive: true, force: true }));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
