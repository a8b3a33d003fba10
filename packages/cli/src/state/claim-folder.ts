import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { withMutexFile } from './mutex-file.js';
import { isAlive, type ProcessMark, processMark } from './process-mark.js';

/** A folder that no other stack uses. */
export interface FolderClaim {
  readonly path: string;
  /**
   * Names the process that works in the folder. Nobody else can claim the folder before that process has ended, too.
   */
  usedBy(pid: number): void;
  release(): void;
}

interface Claim {
  readonly owner: ProcessMark;
  readonly user?: ProcessMark;
}

/** How long to wait for a server to end whose stack has died, ms. */
const SERVER_END_LIMIT_MS = 10_000;

/** Claims `base`, or `base-2`, `base-3` … if stacks that are alive hold those before. */
export async function claimFolder(base: string): Promise<FolderClaim> {
  for (let number = 1; ; number += 1) {
    const path = number === 1 ? base : `${base}-${number}`;
    if (await tryClaim(path)) return claimOf(path);
  }
}

async function tryClaim(path: string): Promise<boolean> {
  const deadline = performance.now() + SERVER_END_LIMIT_MS;
  for (;;) {
    const state = await withMutexFile(`${path}.mutex`, () => claimNow(path));
    if (state !== 'ending') return state === 'claimed';
    if (performance.now() > deadline) return false;
    await sleep(50);
  }
}

function claimNow(path: string): 'claimed' | 'taken' | 'ending' {
  const current = readClaim(path);
  if (current && isAlive(current.owner)) return 'taken';
  if (current?.user && isAlive(current.user)) return 'ending';
  writeClaim(path, { owner: processMark(process.pid) });
  return 'claimed';
}

function claimOf(path: string): FolderClaim {
  return {
    path,
    usedBy: (pid) => writeClaim(path, { owner: processMark(process.pid), user: processMark(pid) }),
    release: () => rmSync(`${path}.claim`, { force: true }),
  };
}

function readClaim(path: string): Claim | undefined {
  try {
    return JSON.parse(readFileSync(`${path}.claim`, 'utf8')) as Claim;
  } catch {
    return undefined;
  }
}

function writeClaim(path: string, claim: Claim): void {
  writeFileSync(`${path}.claim`, JSON.stringify(claim));
}
