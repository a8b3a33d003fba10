import { readFileSync } from 'node:fs';

/** Identifies a process. */
export interface ProcessMark {
  readonly pid: number;
  /** When it was started, in the system's own unit; absent where the system doesn't say. */
  readonly startedAt?: string;
}

export function processMark(pid: number): ProcessMark {
  const startedAt = startOf(pid);
  return startedAt === undefined ? { pid } : { pid, startedAt };
}

/** Pids are reused, especially after a reboot. So the start time is compared, too, where the system tells it. */
export function isAlive({ pid, startedAt }: ProcessMark): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const actual = startOf(pid);
  return startedAt === undefined || actual === undefined || actual === startedAt;
}

/** The 22nd field of /proc/<pid>/stat. The second field may contain blanks and brackets. A zombie counts as dead. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? 'dead' : fields[19];
  } catch {
    return undefined;
  }
}
