import { readdirSync, readFileSync } from 'node:fs';

/** A process of a run. */
export interface MarkedProcess {
  readonly pid: number;
  readonly parent: number;
  /** When it was started, in ticks since the boot: together with the pid it names a process for good. */
  readonly startedAt: string;
  /** Its command line, the arguments separated by blanks. */
  readonly command: string;
}

export const MARK = 'ENDINGS_TEST_RUN';

/**
 * Finds what belongs to a run: what has its mark in the environment, and what was ever seen as a child of such a process.
 * The second because Redis overwrites its environment with its title.
 */
export function createProcessFinder(mark: string): () => MarkedProcess[] {
  const known = new Set<string>();
  return () => {
    const all = aliveProcesses();
    for (let before = -1; before !== known.size; ) {
      before = known.size;
      const ours = new Set(all.filter((one) => known.has(nameOf(one))).map(({ pid }) => pid));
      for (const one of all) if (ours.has(one.parent) || hasMark(one.pid, mark)) known.add(nameOf(one));
    }
    return all.filter((one) => known.has(nameOf(one)));
  };
}

const nameOf = ({ pid, startedAt }: MarkedProcess) => `${pid} ${startedAt}`;

/** A dead process that waits to be reaped is none. */
function aliveProcesses(): MarkedProcess[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    const stat = read(pid, 'stat');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state = 'X', parent = '0'] = fields;
    if (state === 'Z' || state === 'X' || stat === '') return [];
    const command = read(pid, 'cmdline').split('\0').join(' ').trim();
    return [{ pid: Number(pid), parent: Number(parent), startedAt: fields[19] ?? '', command }];
  });
}

function hasMark(pid: number, mark: string): boolean {
  return read(String(pid), 'environ').split('\0').includes(`${MARK}=${mark}`);
}

/** Empty if it is somebody else's, or has just ended. */
function read(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return '';
  }
}
