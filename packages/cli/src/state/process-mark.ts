import { readFileSync } from 'node:fs';

/** Names a process for as long as it lives. */
export interface ProcessMark {
  readonly pid: number;
  /** When it was started, in the system's own unit; absent where the system doesn't tell. */
  readonly startedAt?: string;
}

export function processMark(pid: number): ProcessMark {
  const startedAt = startOf(pid);
  return startedAt === undefined ? { pid } : { pid, startedAt };
}

/** Pids are used again, after a reboot above all: where the system tells when a process was started, that counts too. */
export function isAlive({ pid, startedAt }: ProcessMark): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const actual = startOf(pid);
  return startedAt === undefined || actual === undefined || actual === startedAt;
}

/** The 22nd field of /proc/<pid>/stat. The second may contain anything. A dead process that waits to be reaped has none. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? 'dead' : fields[19];
  } catch {
    return undefined;
  }
}
