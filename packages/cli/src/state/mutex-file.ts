import { closeSync, openSync, rmSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** `work` is short. So an older file was left by a process that died meanwhile, ms. */
const STALE_MS = 5_000;

/** Runs `work`, which is synchronous, while no other process does so with the same file. */
export async function withMutexFile<T>(file: string, work: () => T): Promise<T> {
  while (!tryCreate(file)) {
    if (ageMs(file) > STALE_MS) rmSync(file, { force: true });
    else await sleep(20);
  }
  try {
    return work();
  } finally {
    rmSync(file, { force: true });
  }
}

function tryCreate(file: string): boolean {
  try {
    closeSync(openSync(file, 'wx'));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function ageMs(file: string): number {
  const found = statSync(file, { throwIfNoEntry: false });
  return found ? Date.now() - found.mtimeMs : 0;
}
