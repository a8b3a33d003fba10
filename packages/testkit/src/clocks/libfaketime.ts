import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type DebianPick, debianCopy, libraryDirs } from '@boomerang/redis-server';

const LIBRARY = join('faketime', 'libfaketimeMT.so.1');
const HOUR_S = 3_600;

const DEBIAN_FAKETIME: DebianPick = { wanted: 'libfaketime', libraries: [], problem: whyUnusable };

/**
 * The library that gives a process a clock of its own: installed, or fetched from Debian without root. Throws with the
 * reason where it can't be had.
 */
export async function findLibfaketime(): Promise<string> {
  const root = (await whyUnusable('/')) === undefined ? '/' : await debianCopy(DEBIAN_FAKETIME);
  return (await libraryIn(root)) as string;
}

async function libraryIn(root: string): Promise<string | undefined> {
  for (const folder of await libraryDirs(root)) {
    const library = join(folder, LIBRARY);
    const there = await access(library).then(
      () => true,
      () => false,
    );
    if (there) return library;
  }
  return undefined;
}

async function whyUnusable(root: string): Promise<string | undefined> {
  const library = await libraryIn(root);
  if (library === undefined) return 'it has no library';
  const env = { ...process.env, LD_PRELOAD: library, FAKETIME: `+${HOUR_S}s` };
  const clock = ['-e', 'process.stdout.write(String(Date.now()))'];
  const { stdout } = await promisify(execFile)(process.execPath, clock, { env });
  const aheadS = (Number(stdout) - Date.now()) / 1_000;
  return Math.abs(aheadS - HOUR_S) < 60
    ? undefined
    : `it moves the clock by ${aheadS} s where ${HOUR_S} were asked for`;
}
