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

export interface ClaimOptions {
  /** Ends a wait. */
  readonly signal?: AbortSignal;
  /** Called with the folder when the server of a dead stack has to be waited for. */
  readonly onWait?: (path: string) => void;
}

/** How long to wait for a server to end whose stack has died, ms. It ends after the services, which may drain first. */
const SERVER_END_LIMIT_MS = 30_000;

/**
 * Claims `base`, or `base-2`, `base-3` … if stacks that are alive hold those before.
 *
 * @throws an AbortError when the signal is aborted.
 */
export async function claimFolder(base: string, options: ClaimOptions = {}): Promise<FolderClaim> {
  for (let number = 1; ; number += 1) {
    const path = number === 1 ? base : `${base}-${number}`;
    if (await tryClaim(path, options)) return claimOf(path);
  }
}

async function tryClaim(path: string, { signal, onWait }: ClaimOptions): Promise<boolean> {
  const deadline = performance.now() + SERVER_END_LIMIT_MS;
  for (let waited = false; ; waited = true) {
    const state = await withMutexFile(`${path}.mutex`, () => claimNow(path));
    if (state !== 'ending') return state === 'claimed';
    if (performance.now() > deadline) return false;
    if (!waited) onWait?.(path);
    await sleep(50, undefined, signal && { signal });
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
