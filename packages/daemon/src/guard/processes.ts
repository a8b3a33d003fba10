import { readdirSync, readFileSync } from 'node:fs';
import { RUN_MARK } from './guard-messages.js';

/**
 * The processes of a run that are alive: those of its group, and those that have its mark in their environment, whatever group
 * they are in now. Without /proc only whether there is anything in the group is known: then it is the group's number, negative.
 */
export function processesOfRun(runId: string, groupId?: number): number[] {
  const all = pids();
  if (all.length === 0) return groupId !== undefined && signalOne(-groupId, 0) ? [-groupId] : [];
  const mark = `${RUN_MARK}=${runId}`;
  return all.filter((pid) => {
    const { state, group } = statOf(pid);
    if (state === '' || state === 'Z' || state === 'X') return false;
    return group === groupId || environmentOf(pid).split('\0').includes(mark);
  });
}

/** Sends a signal to a process group, and to whatever else belongs to the run. */
export function signalRun(runId: string, groupId: number | undefined, signal: NodeJS.Signals): void {
  // The group first and at once: what is found one by one may have started something meanwhile.
  if (groupId !== undefined) signalOne(-groupId, signal);
  for (const pid of processesOfRun(runId)) {
    if (statOf(pid).group !== groupId) signalOne(pid, signal);
  }
}

function signalOne(target: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(target, signal);
    return true;
  } catch {
    return false;
  }
}

function pids(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

function environmentOf(pid: number): string {
  return read(`/proc/${pid}/environ`);
}

/** State and process group of proc(5); '' for a process that is gone. */
function statOf(pid: number): { readonly state: string; readonly group: number } {
  const stat = read(`/proc/${pid}/stat`);
  const [state = '', , group = ''] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state, group: Number(group) };
}

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
