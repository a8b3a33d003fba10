import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const OWNER = 'owner.json';

/**
 * Runs `work` while no other process that asks for the same folder does. A lock whose owner died is taken over.
 * `onWait` is called once, with the owner's pid, if there is somebody to wait for.
 */
export async function withLock(folder, work, onWait = () => {}) {
  await acquire(folder, onWait);
  try {
    return await work();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A folder that has its content already is put in place by one atomic rename, which fails where one is. */
async function acquire(folder, onWait) {
  const draft = `${folder}.${process.pid}`;
  mkdirSync(dirname(folder), { recursive: true });
  for (let waited = false; ; ) {
    mkdirSync(draft, { recursive: true });
    writeFileSync(join(draft, OWNER), JSON.stringify({ pid: process.pid, startedAt: startOf(process.pid) }));
    try {
      renameSync(draft, folder);
      return;
    } catch (error) {
      rmSync(draft, { recursive: true, force: true });
      if (!['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(error.code)) throw error;
    }
    const owner = ownerOf(folder);
    if (owner && !isRunning(owner)) {
      takeAway(folder, owner);
      continue;
    }
    if (owner && !waited) onWait(owner.pid);
    waited = true;
    await sleep(200);
  }
}

/** Only if it is still the dead one's: another process may have done the same and hold it by now. */
function takeAway(folder, dead) {
  const aside = `${folder}.stale.${process.pid}`;
  try {
    renameSync(folder, aside);
    const moved = ownerOf(aside);
    if (moved && moved.pid !== dead.pid) renameSync(aside, folder);
  } catch {
    // Somebody was faster.
  }
  rmSync(aside, { recursive: true, force: true });
}

function ownerOf(folder) {
  try {
    return JSON.parse(readFileSync(join(folder, OWNER), 'utf8'));
  } catch {
    return undefined;
  }
}

/** Pids are used again, after a reboot above all: where the system tells when a process was started, that counts too. */
function isRunning({ pid, startedAt }) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
  const actual = startOf(pid);
  return startedAt === undefined || actual === undefined || actual === startedAt;
}

/** The 22nd field of /proc/<pid>/stat, or undefined where there is no such thing. The second may contain anything. */
function startOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
